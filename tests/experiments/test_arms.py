import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.arms import Term, is_override, read_arm, read_arms
from simulator.errors import UserError

NAMES = st.sampled_from(["red_packet", "check_in_streak", "offline_meetup", "抽奖", "x1", "sop:camp_21"])
VALUES = st.one_of(
    st.integers(0, 999).map(str),
    st.floats(0, 1e6, allow_nan=False).map(repr),
    st.sampled_from(["lucky", "novice+lurker", "kol"]),
    st.lists(st.integers(0, 30), min_size=2, max_size=4).map(lambda days: f"[{','.join(map(str, days))}]"),
)
TERMS = st.tuples(NAMES, st.dictionaries(st.sampled_from(["purse", "every", "days"]), VALUES)).map(
    lambda term: term[0] + (f"({','.join(f'{k}={v}' for k, v in term[1].items())})" if term[1] else "")
)
ARMS = st.tuples(
    st.sampled_from(["", "big:", "大红包:", "big one:"]), st.lists(TERMS, min_size=1, max_size=3)
).map(lambda arm: arm[0] + "+".join(arm[1]))


@pytest.mark.parametrize(
    ("word", "label", "names", "knobs"),
    [
        ("red_packet", "red_packet", ["red_packet"], [{}]),
        ("red_packet()", "red_packet", ["red_packet"], [{}]),
        ("a+b", "a+b", ["a", "b"], [{}, {}]),
        ("big:red_packet(purse=200)", "big", ["red_packet"], [{"purse": "200"}]),
        ("red_packet(purse=2e2)", "red_packet(purse=2e2)", ["red_packet"], [{"purse": "2e2"}]),
        ("a( x = 1 , y=2 )", "a(x=1,y=2)", ["a"], [{"x": "1", "y": "2"}]),
        ("a(days=[1, 8],roles=kol+lurker)+b", None, ["a", "b"], [{"days": "1,8", "roles": "kol+lurker"}, {}]),
        ("a(x='1,2')", "a(x=[1,2])", ["a"], [{"x": "1,2"}]),
        ("大红包：a（x＝200，y＝2）＋b", "大红包", ["a", "b"], [{"x": "200", "y": "2"}, {}]),
        ("a(x=“1 and 2”)", "a(x=1 and 2)", ["a"], [{"x": "1 and 2"}]),
        ("“大：a（x=‘b,c’）”", "大", ["a"], [{"x": "b,c"}]),
        ("天天 发: 红包", "天天 发", ["红包"], [{}]),
        ("a(x=1e+3)+b", "a(x=1e+3)+b", ["a", "b"], [{"x": "1e+3"}, {}]),
        ("sop:camp", "sop:camp", ["sop:camp"], [{}]),
        ("SOP：camp", "sop:camp", ["sop:camp"], [{}]),
        ("plan:sop:camp", "plan", ["sop:camp"], [{}]),
        ("a + sop:camp", "a+sop:camp", ["a", "sop:camp"], [{}, {}]),
        ("sop:camp(b.x=[1,2],c=off)+a", None, ["sop:camp", "a"], [{"b.x": "1,2", "c": "off"}, {}]),
        ("sop:camp(b.when='v<3 for 2 days')", None, ["sop:camp"], [{"b.when": "v<3 for 2 days"}]),
        ("sop:camp(b.after=a + 2 days)", None, ["sop:camp"], [{"b.after": "a + 2 days"}]),
    ],
)  # fmt: skip
def test_what_an_arm_says(word, label, names, knobs):
    arm = read_arm(word)
    assert label is None or arm.label == label
    assert [term.name for term in arm.terms] == names
    assert [dict(term.settings) for term in arm.terms] == knobs


@settings(deadline=None, max_examples=100)
@given(ARMS)
def test_an_arm_written_out_is_the_same_arm(word):
    arm = read_arm(word)
    assert read_arm(arm.text) == arm
    assert read_arm(f"again:{arm.text.removeprefix(f'{arm.label}:')}").terms == arm.terms
    assert not is_override(arm.text)


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("big:red_packet(purse=200", "')' is missing; put the whole arm in quotes"),
        ("red_packet(purse=200))", "')' closes nothing"),
        ("a(days=[1,2)", "')' closes nothing"),
        ("red_packet(purse=200,", "')' is missing"),
        ("every=7)", "')' closes nothing"),
        ("a++b", "a tactic is missing"),
        ("a+", "a tactic is missing"),
        ("", "a tactic is missing"),
        (":a", "no label before ':'"),
        ("a b", "'a b' is no tactic"),
        ("a:b:c", "'b:c' is no tactic"),
        ("a(1)", "'1' is not knob=value"),
        ("a(x=)", "'x=' is not knob=value"),
        ("a(roles=novice,lurker)", "join words with '+'"),
        ("a(x=1,x=2)", "x is set twice"),
        ("a(b.x=1)", "'b.x=1' is not knob=value"),
        ("sop:a(b.c.x=1)", "'b.c.x=1' is not knob=value"),
        ("sop:", "'sop:' is no tactic"),
        ("a:b:sop:c", "'b:sop:c' is no tactic"),
        ("a(x=1)b", "is no tactic"),
        ("a,b:c", "the label 'a,b' must be"),
        ("l" * 81 + ":a", "must be up to 80"),
        ("a\x07b:c", "must be up to 80"),
    ],
)
def test_a_broken_arm_is_one_clear_line(word, says):
    with pytest.raises(UserError) as error:
        read_arm(word)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab1红:：()（），,=+[]'\" \n.", max_size=25))
def test_any_text_is_an_arm_or_one_line(word):
    complaint = ""
    try:
        arm = read_arm(word)
    except UserError as error:
        complaint = str(error)
    assert "\n" not in complaint
    assert complaint or read_arm(arm.text) == arm


def test_two_arms_of_one_label_are_refused():
    with pytest.raises(UserError, match=r"Two arms are called 'red_packet'.*label:red_packet"):
        read_arms(["red_packet", "red_packet"])
    with pytest.raises(UserError, match="Two arms are called 'big'"):
        read_arms(["big:a", "big:b"])
    assert [arm.label for arm in read_arms(["a", "again:a"])] == ["a", "again"]


@pytest.mark.parametrize("word", ["baseline", "placebo", "baseline:a", "placebo:red_packet"])
def test_labels_that_every_comparison_has_are_refused(word):
    with pytest.raises(UserError, match="every comparison has its own"):
        read_arms(["a", word])


@pytest.mark.parametrize(
    "word",
    [
        "days=3",
        "community=study_camp",
        "+experiment=camp_21",
        "++days=3",
        "~days",
        "a.b.c=f(x)",
        "out=a(b)",
        "=3",
        "days＝3",
    ],
)
def test_overrides_are_told_from_arms(word):
    assert is_override(word)


@pytest.mark.parametrize(
    "word", ["red_packet", "a(b=1)", "x:a(b=1)", "a+b(c=1)", "红包（a=1）", "a:b", "+a", "sop:a(b.c=1)"]
)
def test_arms_are_told_from_overrides(word):
    assert not is_override(word)


def test_equal_terms_are_equal_and_can_be_keys():
    one = read_arm("a(x=1)").terms[0]
    assert one == Term("a", (("x", "1"),), "a(x=1)")
    assert len({one, read_arm("b:a(x=1)").terms[0]}) == 1
