"""Who cares for which topics, who writes on which, and what a reader finds: kernels of ``topics``.

A taste is a bit: bit 0 for talk off the topics, bit t for topic t. Messages are counted in whole numbers by
topic; what one reader finds is a function of a few such counts, so neither slots nor order can matter.
"""

import numpy as np

from simulator.jit import kernel
from simulator.philox import unit, words

#: Moderation regimes, by number in kernels.
REGIMES = ("none", "community", "personalised")
_COMMUNITY, _PERSONALISED = REGIMES.index("community"), REGIMES.index("personalised")
#: Most reading cost a day can bring, as in ``overload``: nobody reads a flood to its end.
MOST = 3.0


@kernel
def taste(person, replicate, seed, decision, topics, mean, smalltalk):
    """What a person cares for: one topic at least, ``mean`` of them on average, and perhaps small talk.

    Args:
        person: Id.
        replicate: Global replicate.
        seed: The experiment's seed.
        decision: Key of the decision.
        topics: Number of topics, 1 to 31.
        mean: Mean number of topics a member cares for.
        smalltalk: Share of members who care for talk off the topics.
    """
    a, b, _, _ = words(person, 0, 0, replicate, seed, decision)
    cares = np.uint32(unit(b) < smalltalk)
    cares |= np.uint32(1) << np.uint32(1 + np.int64(unit(a) * topics))
    chance = min(max((mean - 1.0) / max(topics - 1.0, 1.0), 0.0), 1.0)
    lane = (a, a, a, a)
    for t in range(topics):
        if t % 4 == 0:
            lane = words(person, 0, 1 + t // 4, replicate, seed, decision)
        if unit(lane[t % 4]) < chance:
            cares |= np.uint32(1) << np.uint32(1 + t)
    return cares


@kernel
def write(person, day, replicate, seed, decision, cares, topics, messages, offtopic, total):
    """Add somebody's messages of today to ``total`` by topic; returns how many are off the topics.

    Each is off with a chance; else it is on one of the topics its author cares for, evenly.
    """
    if messages == 0:
        return 0
    own = np.empty(topics + 1, np.int64)
    n = 0
    for t in range(1, topics + 1):
        own[n] = t
        n += np.int64((cares >> np.uint32(t)) & np.uint32(1))
    off = 0
    for k in range(messages):
        a, b, _, _ = words(person, day, k, replicate, seed, decision)
        if unit(a) < offtopic:
            off += 1
        else:
            total[own[np.int64(unit(b) * n)]] += 1
    total[0] += off
    return off


@kernel
def view(regime, others, point, off, likes, precision):
    """Messages viewed, those of them that are wanted, and those off the topics, of a day's ``others``.

    Args:
        regime: Index into :data:`REGIMES`.
        others: Messages by others.
        point: Those of them on topics the reader cares for.
        off: Those of them off the topics.
        likes: Whether the reader cares for talk off the topics.
        precision: Share of what a personal filter lets pass that is wanted; it holds nothing wanted back.
    """
    if regime == _COMMUNITY:
        return others - off, point, others * 0.0
    wanted = point + off if likes else point
    if regime == _PERSONALISED and wanted < precision * others:
        viewed = wanted / precision
        leak = 1.0 if likes else (viewed - wanted) / (others - wanted)
        return viewed, wanted, off * leak
    return others, wanted, off


@kernel
def worth(viewed, wanted, point, off, knee, capacity, familiar):
    """Information benefit 0..1, reading cost 0..3 and bond benefit 0..1 of what was viewed."""
    information, cost = 0.0, 0.0
    if viewed > 0.0:
        information = point / viewed * -np.expm1(-viewed / knee)
        cost = min(viewed * viewed / max(wanted, 1.0) / capacity, MOST)
    return information, cost, -np.expm1(-off / familiar)


@kernel
def ordinary(messages, topics, mean, offtopic, smalltalk, knee, capacity, familiar):
    """What a day of so many messages brings the average member where nobody moderates."""
    off = offtopic * messages
    point = (messages - off) * min(mean / topics, 1.0)
    information, without, bond = worth(messages, point, point, off, knee, capacity, familiar)
    _, liking, _ = worth(messages, point + off, point, off, knee, capacity, familiar)
    return information, smalltalk * liking + (1.0 - smalltalk) * without, bond


@kernel
def live(
    ids, here, visitors, posts, day, replicates, seed, tasting, writing, regime, topics,
    mean, offtopic, smalltalk, precision, knee, capacity, familiar, speed, fade, eager, messages,
    tastes, finds, toil, company, rate,
):  # fmt: skip
    """Let visitors write on what they care for and read what they see; move what they remember of it.

    ``finds``, ``toil`` and ``company`` are kept as distances from an ordinary day; ``rate`` follows company.
    """
    slots = ids.shape[1]
    off = np.empty(slots, np.int64)
    new = np.empty((3, slots), np.float32)
    total = np.empty(topics + 1, np.int64)
    for r in range(ids.shape[0]):
        many, stray, share = np.float64(mean[r]), np.float64(offtopic[r]), np.float64(smalltalk[r])
        told, of, known = np.float64(knee[r]), np.float64(capacity[r]), np.float64(familiar[r])
        usual = ordinary(messages[r], topics, many, stray, share, told, of, known)
        total[:] = 0
        written = 0
        for k in range(visitors[r]):
            i = here[r, k]
            person = ids[r, i]
            if tastes[r, i] == 0:
                tastes[r, i] = taste(person, replicates[r], seed, tasting, topics, many, share)
            off[k] = write(
                person, day, replicates[r], seed, writing, tastes[r, i], topics, posts[r, i], stray, total
            )
            written += posts[r, i]
        left = np.float32(1) - fade[r]
        for i in range(slots):
            new[0, i], new[1, i], new[2, i] = left * finds[r, i], left * toil[r, i], left * company[r, i]
        for k in range(visitors[r]):
            i = here[r, k]
            point = off[k] - np.int64(posts[r, i])  # one's own messages do not count; all match one's tastes
            for t in range(1, topics + 1):
                point += total[t] * np.int64((tastes[r, i] >> np.uint32(t)) & np.uint32(1))
            others, aside = np.float64(written - posts[r, i]), np.float64(total[0] - off[k])
            likes = (tastes[r, i] & np.uint32(1)) > 0
            viewed, wanted, aside = view(
                regime, others, np.float64(point), aside, likes, np.float64(precision[r])
            )
            found = worth(viewed, wanted, np.float64(point), aside, told, of, known)
            new[0, i] = finds[r, i] + speed[r] * (np.float32(found[0] - usual[0]) - finds[r, i])
            new[1, i] = toil[r, i] + speed[r] * (np.float32(found[1] - usual[1]) - toil[r, i])
            new[2, i] = company[r, i] + speed[r] * (np.float32(found[2] - usual[2]) - company[r, i])
        for i in range(slots):
            if new[2, i] != company[r, i]:
                rate[r, i] *= np.exp(eager[r] * (new[2, i] - company[r, i]))
            finds[r, i], toil[r, i], company[r, i] = new[0, i], new[1, i], new[2, i]
