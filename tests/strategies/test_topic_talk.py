"""Topic talk: what is put up and what it takes."""

import pytest

from simulator.errors import UserError
from simulator.schedule import When
from simulator.stimuli import Award, Offer
from strategies.topic_talk import TopicTalk
from tests.strategies.stage import Stage


def test_topics_are_put_up_and_members_told():
    assert Stage((2, 3)).offer(TopicTalk(topics=3, notice=0.5)) == Offer(topics=3.0, prompt=0.5)
    assert Stage((2, 3)).offer(TopicTalk(topics=3, notice=0)) == Offer(topics=3.0)


def test_work_goes_by_the_topic_whoever_comes():
    assert Stage((2, 3)).award(TopicTalk(topics=4, hours=0.5), [[0, 0, 0]] * 2) == Award(hours=2.0)


def test_without_a_topic_there_is_nothing_to_tell():
    made = TopicTalk(topics=0)
    assert Stage((1, 3)).offer(made) == Offer()
    assert Stage((1, 3)).award(made, [[1, 1, 1]]) == Award()
    assert Stage((1, 3)).award(TopicTalk().placebo(), [[1, 1, 1]]) == Award()


def test_every_other_day_unless_said_otherwise():
    assert TopicTalk().when == When(every=2)


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        TopicTalk.make(topics=1.5)
    assert str(error.value) == "topic_talk.topics is 1.5; it must be a whole number."
