import csv
import json
import os
import subprocess
import sys
import warnings

import pytest

import experiments
from experiments import known, workbench
from experiments.cli import COMMANDS, INTERNAL, MISTAKE, STOPPED, main
from experiments.commands.completion import SCRIPTS, fitting
from experiments.messages import load
from experiments.mistakes import in_language
from experiments.study import Study
from simulator.errors import UserError

SMALL = ["replicates=3", "days=4", "follow_up=2", "community.size=20", "workers=1"]


@pytest.fixture(autouse=True)
def english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def say(capsys):
    """Run the command: exit status, what it printed, what it complained of."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(words)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def mistake(say):
    """What is said of a mistake; it is one line on stderr, nothing on stdout, and exit status 2."""

    def run(*words: str) -> str:
        status, out, err = say(*words)
        assert (status, out) == (MISTAKE, ""), err
        assert err.startswith(("qunlab: ", "qunlab："))
        assert err.count("\n") == 1, err
        assert "Traceback" not in err
        return err

    return run


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["comprae"], "no command 'comprae'. Did you mean 'compare'?"),
        (["--nope"], "no option '--nope'"),
        (["compare", "--nope"], "no option '--nope'"),
        (["compare", "--config"], "Did you mean '--config-dir'?"),
        (["compare", "--config-dir"], "--config-dir needs a value"),
        (["compare", "--config-dir", "/nowhere"], "--config-dir '/nowhere' is no folder"),
        (["compare", "--config-dir=/"], "holds none of the folders"),
        (["compare", "red_paket"], "no strategy 'red_paket'. Did you mean 'red_packet'?"),
        (["compare", "red_packet", "21"], "no strategy '21'"),
        (["compare", "red_packet(purse=200"], "')' is missing; put the whole arm in quotes"),
        (["compare", "red_packet(purs=200)"], "Did you mean 'purse'?"),
        (["compare", "red_packet(purse=-1)"], "red_packet.purse is -1; it must lie from 0 to 20000 yuan"),
        (["compare", "red_packet(purse=lots)"], "red_packet.purse is 'lots'; it must be a number"),
        (["compare", "red_packet(purse=nan)"], "red_packet.purse is nan"),
        (["compare", "red_packet(purse=1e999)"], "red_packet.purse is inf"),
        (["compare", "red_packet(split=even)"], "'even'"),
        (["compare", "red_packet(roles=boss)"], "no role 'boss'"),
        (["compare", "red_packet(weekdays=monday)"], "no weekday 'monday'"),
        (["compare", "red_packet(every=0)"], "every is 0"),
        (["compare", "red_packet(days=[1,x])"], "red_packet.days is 'x'"),
        (["compare", "red_packet", "red_packet"], "Two arms are called 'red_packet'"),
        (["compare", "placebo"], "every comparison has its own 'placebo'"),
        (["compare", "purse=200"], "Did you mean 'strategy.red_packet.purse'?"),
        (["compare", "strategy.red_packet.purse=3", "offline_meetup"], "no arm uses red_packet"),
        (["compare", "red_packet(purse=5)", "strategy.red_packet.purse=3"], "sets purse itself"),
        (["compare", "strategy.red_packet.purse=99999"], "it must lie from 0 to 20000"),
        (["compare", "replicates=0"], "replicates is 0; it must be a whole number from 1"),
        (["compare", "replicates=1e9"], "replicates is 1000000000"),
        (["compare", "days=-3"], "days is -3; it must be a whole number from 1"),
        (["compare", "follow_up=-1"], "follow_up is -1"),
        (["compare", "seed=-1"], "seed is -1"),
        (["compare", "workers=0"], "workers is 0; it must be a whole number from 1 to 1024, or auto"),
        (["compare", "block=some"], "block is 'some'"),
        (["compare", "twins=9", "replicates=3"], "twins is 9"),
        (["compare", "uncertainty=none"], "no uncertainty 'none'"),
        (["compare", "lang=fr"], "no lang 'fr'"),
        (["compare", "community.size=0"], "community.size is 0"),
        (["compare", "community.size=1e99"], "too large"),
        (["compare", "community.kols=0.9"], "kols + novices is 1.3"),
        (["compare", "community.visiting.kol=0"], "community.visiting is 0"),
        (["compare", "topology.k=0"], "topology.small_world.k is 0"),
        (["compare", "mechanism.habit.growth=9"], "mechanism.habit.growth is 9"),
        (["compare", "community=from_log"], "community.log is missing"),
        (["compare", "community=from_log", "community.log=/nowhere.csv"], "no such file"),
        (["compare", "community.log=x.csv"], "add community=from_log"),
        (["compare", "red_packet", "out=", *SMALL], "out is empty"),
        (["compare", "red_packet", "out=/proc/nowhere/x", *SMALL], "out=/proc/nowhere/x"),
        (["compare", "replicates=1000000", "days=10000"], "GB of memory"),
        (["compare", "hydra.run.dir=x"], "Hydra's own settings"),
        (["compare", "+_target_=os.system"], "is not allowed"),
        (["compare", "-x", "seed=1,2"], "no option '-x'"),
        (["compare", "-m", "seed=1,2"], "seed is the same at all points"),
        (["strategies", "red_packet"], "'red_packet' is one too many"),
        (["explain", "red_paket"], "nothing called 'red_paket'. Did you mean 'red_packet'?"),
        (["completion", "bsh"], "Did you mean 'bash'?"),
        (["completion"], "completion is for bash, zsh, fish"),
    ],
)  # fmt: skip
def test_every_mistake_is_one_line_and_exit_2(words, says, mistake):
    assert says in mistake(*words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compare", "red_paket"], "没有“red_paket”这种玩法。是不是“red_packet”？"),
        (["compare", "community=stdy_camp"], "没有“stdy_camp”这种群。是不是“study_camp”？"),
        (["compare", "communty=x"], "没有“communty”这个设置。是不是“community”？"),
        (["compare", "days=x"], "days 是 'x'；应为整数。"),
        (["compare", "replicates=0"], "replicates 是 0；应为 1 到 1000000 的整数。"),
        (
            ["compare", "red_packet(purse=-1)"],
            "”：red_packet.purse 是 -1；应在 0 到 20000",
        ),
        (["compare", "红包（purs=1）"], "red_packet 没有“purs”这个参数。是不是“purse”？"),
        (["compare", "红包（"], "请给整个方案加引号"),
        (["compare", "a+"], "看不懂"),
        (["compare", "红包", "红包"], "有两个方案都叫“红包”"),
        (["compare", "community=from_log"], "请写明文件"),
        (["compare", "--nope"], "没有“--nope”这个选项"),
        (["explain", "红"], "没有叫“红”的东西"),
        (["comprae"], "是不是“compare”？"),
    ],
)
def test_mistakes_in_chinese(words, says, mistake):
    line = mistake(*words, "lang=zh")
    assert says in line
    assert line.startswith("qunlab：")


def test_what_has_no_chinese_is_shown_as_it_is():
    assert in_language("Something else. Did you mean 'x'?", "zh") == "Something else. Did you mean 'x'?"
    assert in_language("There is no side 'x'. And more.", "zh") == "side 不能是“x”。And more."
    assert (
        in_language("a.fee is -1; it must lie from 0 to 9 yuan.", "zh")
        == "a.fee 是 -1；应在 0 到 9 元 之间。"
    )
    assert in_language("anything", "en") == "anything"


def test_the_terminals_language_is_spoken(mistake, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "没有“comprae”这个命令" in mistake("comprae")
    assert "no command" not in mistake("comprae")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert "no command" in mistake("comprae")
    assert Study.of("red_packet").command == "qunlab compare red_packet"
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    assert Study.of("red_packet").command == "qunlab compare red_packet lang=zh"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help(words, say):
    status, out, _ = say(*words)
    assert status == 0
    assert all(f"qunlab {name}" in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_command_has_help_that_fits_a_terminal(name, lang, say):
    status, out, _ = say(name, "--help", f"lang={lang}")
    assert status == 0
    assert out.startswith(f"qunlab {name}")
    assert max(map(len, out.splitlines())) <= 80
    assert f"help.{name}" in load(lang)[0]


def test_help_names_every_preset(say):
    out = say("compare", "--help")[1]
    for group in ("community", "topology", "mechanism", "experiment"):
        assert all(name in out for name in known.presets(group))


def test_version(say):
    assert say("--version")[1].startswith("qunlab 0.")


def test_lists(say, tmp_path):
    (tmp_path / "strategy").mkdir()
    (tmp_path / "strategy" / "mine.yaml").write_text("# My own dose.\nuse: red_packet\npurse: 7\n")
    out = say("strategies", "--config-dir", str(tmp_path))[1]
    assert all(name in out for name in ("red_packet", "festival_packets", "mine", "My own dose."))
    assert "红包" in say("strategies", "lang=zh")[1]
    out = say("communities")[1]
    assert all(name in out for name in known.presets("community"))


def test_cfg_prints_yaml_and_runs_nothing(say, monkeypatch):
    monkeypatch.setattr(workbench, "run", None)
    status, out, _ = say("compare", "大红包：红包（purse=7）", "community=study_camp", "--cfg")
    assert status == 0
    assert "- 大红包:红包(purse=7)" in out
    assert "override /community: study_camp" in out


def test_a_comparison_from_words_to_files(say, tmp_path):
    folder = tmp_path / "out 1"
    words = ["red_packet", "大红包：红包（purse=200）", "red_packet+offline_meetup", f"out={folder}", *SMALL]
    status, out, err = say("compare", *words, "seed=3")
    assert status == 0
    assert "offline_meetup" in err  # it is told that this tactic never acts in four days
    assert err.count("\n") == 1
    assert str(folder.name) in out
    rows = list(csv.DictReader((folder / "comparison.csv").read_text("utf-8").splitlines()))
    arms = ["red_packet", "大红包", "red_packet+offline_meetup", "placebo"]
    assert list(dict.fromkeys(row["scenario"] for row in rows)) == arms
    placebo = [row for row in rows if row["scenario"] == "placebo" and row["diff"]]
    assert placebo
    assert all(float(row["diff"]) == 0 for row in placebo)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["config"]["community"]["size"] == 20
    assert manifest["config"]["arms"][1] == "大红包:红包(purse=200)"
    assert manifest["command"].startswith("qunlab compare red_packet ")
    first = (folder / "comparison.csv").read_bytes()
    assert say("compare", *words, "seed=3", "block=1", "lang=zh")[0] == 0
    assert (folder / "comparison.csv").read_bytes() == first


def test_a_place_for_results_is_named_after_what_is_run():
    one, same, other = (Study.of("red_packet", replicates=n) for n in (3, 3, 4))
    assert one.out == same.out
    assert one.out.startswith("outputs/interest_group-")
    assert one.out != other.out


def test_ctrl_c_is_one_line_and_130(say, monkeypatch, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(workbench, "run", stop)
    status, _, err = say("compare", "red_packet", f"out={tmp_path}", *SMALL)
    assert status == STOPPED
    assert err.strip() == "qunlab: stopped before anything was complete."
    assert os.listdir(tmp_path) == ["study.json"]


def test_ctrl_c_after_some_replicates_keeps_them(say, monkeypatch, tmp_path):
    from dataclasses import replace

    whole = workbench.run
    monkeypatch.setattr(workbench, "run", lambda *args: replace(whole(*args), asked=9))
    status, out, _ = say("compare", "red_packet", f"out={tmp_path}", *SMALL)
    assert status == STOPPED
    assert "Interrupted: 3 of 9" in out
    assert (tmp_path / "comparison.csv").is_file()


def test_a_fault_of_ours_is_one_line_too(say, monkeypatch, tmp_path):
    def fail(*_):
        raise RuntimeError("something\nbroke")

    monkeypatch.setattr(workbench, "run", fail)
    status, _, err = say("compare", "red_packet", f"out={tmp_path}", *SMALL)
    assert status == INTERNAL
    assert "RuntimeError: something broke" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("QUNLAB_TRACEBACK", "1")
    assert "Traceback" in say("compare", "red_packet", f"out={tmp_path}", *SMALL)[2]


def test_a_plug_in_that_does_not_load_is_no_strategy(mistake, monkeypatch, tmp_path):
    found = (*known.plugins(known.STRATEGIES), "mishap")
    monkeypatch.setattr(known, "plugins", lambda kind: found)
    assert "no strategy 'mishap'" in mistake("compare", "mishap")
    assert "nothing called 'mishap'" in mistake("explain", "mishap")
    (tmp_path / "strategy").mkdir()
    (tmp_path / "strategy" / "mine.yaml").write_text("use: mishap\n")
    assert "no strategy 'mishap'" in mistake("compare", "mine", "--config-dir", str(tmp_path))


def test_too_little_memory_is_one_line(mistake, monkeypatch, tmp_path):
    def starve(*_):
        raise MemoryError

    monkeypatch.setattr(workbench, "run", starve)
    status = main(["compare", "red_packet", f"out={tmp_path}", *SMALL])
    assert status == MISTAKE


def test_a_tactic_that_fails_costs_its_own_arm_alone(say, monkeypatch, tmp_path):
    from strategies.red_packet import RedPacket

    def fail(*_):
        raise ZeroDivisionError("by a plug-in")

    monkeypatch.setattr(RedPacket, "offer", fail)
    assert say("compare", "red_packet", f"out={tmp_path}", *SMALL)[0] == 0
    assert "by a plug-in" in (tmp_path / "report.html").read_text("utf-8")


def test_where_every_run_fails_the_first_error_is_told(say, monkeypatch, tmp_path):
    from simulator.simulation import Simulation

    def fail(*_):
        raise ZeroDivisionError("everywhere")

    monkeypatch.setattr(Simulation, "step", fail)
    status, out, err = say("compare", "red_packet", f"out={tmp_path}", *SMALL)
    assert (status, out) == (MISTAKE, "")
    assert "every run of every arm failed, the first with: ZeroDivisionError: everywhere" in err


def test_a_users_presets_in_python(tmp_path):
    (tmp_path / "strategy").mkdir()
    (tmp_path / "strategy" / "mine.yaml").write_text("use: red_packet\npurse: 7\n")
    study = Study.of("mine", config_dir=tmp_path)
    assert study.scenarios[1].strategies[0][1].purse == 7.0
    assert study.command == f"qunlab compare --config-dir {tmp_path} mine"


def test_warnings_are_notes_and_other_people_s_are_none(say, capsys):
    assert "qunlab: note: offline_meetup of arm" in say("compare", "offline_meetup", "days=5", "--cfg")[2]
    assert "一次也不会做" in say("compare", "offline_meetup", "days=5", "--cfg", "lang=zh")[2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert say("compare", "offline_meetup", "days=5", "--cfg")[0] == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("qunlab ", [*COMMANDS, "--help", "--version"]),
        ("qunlab com", ["compare", "communities", "completion"]),
        ("qunlab compare red_p", ["red_packet"]),
        ("qunlab compare red_packet+off", ["red_packet+offline_meetup"]),
        ("qunlab compare big:red_p", ["big:red_packet"]),
        ("qunlab compare comm", ["community="]),
        ("qunlab compare community=st", ["community=study_camp"]),
        ("qunlab compare +experiment=ca", ["+experiment=camp_21"]),
        ("qunlab compare lang=", ["lang=en", "lang=zh"]),
        ("qunlab compare repl", ["replicates="]),
        ("qunlab compare --cf", ["--cfg"]),
        ("qunlab compare --config-dir ", []),
        ("qunlab explain hab", ["habit"]),
        ("qunlab completion z", ["zsh"]),
        ("qunlab nope ", []),
    ],
)
def test_completion(line, words, say):
    assert fitting(line) == words
    assert say("__complete", line)[1].split() == words


@pytest.mark.parametrize("shell", SCRIPTS)
def test_completion_scripts(shell, say):
    status, out, _ = say("completion", shell)
    assert status == 0
    assert "qunlab __complete" in out


@pytest.mark.parametrize(
    ("line", "words", "reply"),
    [
        ("qunlab comp", ["qunlab", "comp"], "compare completion"),
        ("qunlab compare red_p", ["qunlab", "compare", "red_p"], "red_packet"),
        ("qunlab compare community=st", ["qunlab", "compare", "community", "=", "st"], "study_camp"),
        ("qunlab compare lang=", ["qunlab", "compare", "lang", "="], "en zh"),
        ("qunlab compare big:red_p", ["qunlab", "compare", "big", ":", "red_p"], "red_packet"),
        ("qunlab compare a+off", ["qunlab", "compare", "a+off"], "a+offline_meetup"),
    ],
)
def test_completion_under_bash(line, words, reply, say, tmp_path):
    """Bash hands over its own idea of words, split at '=' and ':', and replaces the last of them."""
    script = say("completion", "bash")[1]
    code = "import sys; from experiments.cli import main; sys.exit(main())"
    (tmp_path / "qunlab").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n')
    (tmp_path / "qunlab").chmod(0o755)
    quoted = " ".join(f"'{word}'" for word in words)
    asks = f"COMP_LINE='{line}'; COMP_POINT={len(line)}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}"
    code = f"{script}\n{asks}; _qunlab; echo ${{COMPREPLY[*]}}"
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    assert done.stdout.strip() == reply


def test_what_needs_no_simulation_does_not_wait_for_numba():
    """One process does it all, and after each looks what is loaded."""
    lines = [
        ["--help"], ["compare", "--help"], ["nope"], ["compare", "red_paket"], ["compare", "a("],
        ["explain", "nope"], ["compare", "community=nope"], ["compare", "nope=1"], ["compare", "hydra.x=1"],
        ["__complete", "qunlab compare "],
    ]  # fmt: skip
    code = """
import json, sys
from experiments.cli import main
loaded = {}
for words in json.loads(sys.argv[1]):
    main(words)
    loaded[" ".join(words)] = sorted({"numba", "matplotlib", "mesa", "scipy"} & set(sys.modules))
print(json.dumps(loaded))
"""
    asked = [sys.executable, "-c", code, json.dumps(lines)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {" ".join(words): [] for words in lines}


def test_a_reader_who_goes_away_is_no_error():
    code = "import sys; from experiments.cli import main; sys.exit(main(['explain']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        complaint = process.stderr.read().decode()
        assert process.wait() in (0, 1, 141)
    assert complaint == ""


def test_a_terminal_that_knows_no_chinese_gets_question_marks():
    code = "import sys; from experiments.cli import main; sys.exit(main(['strategies', 'lang=zh']))"
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=env)
    assert done.returncode == 0
    assert b"?" in done.stdout


def test_five_lines_of_python(tmp_path, capsys):
    study = experiments.Study.of("red_packet", community="study_camp", replicates=2, days=3, follow_up=0)
    result = experiments.run(study)
    experiments.show(result)
    files = experiments.write(result, tmp_path)
    assert result.labels == ("baseline", "red_packet", "placebo")
    assert "Red packets" in capsys.readouterr().out
    assert all(file.is_file() for file in files)
    assert set(experiments.__all__) == {"Study", "compare", "run", "show", "sweep", "write"}
    with pytest.raises(AttributeError):
        experiments.nothing  # noqa: B018


def test_python_and_the_command_make_the_same_study():
    given = {"community": "study_camp", "days": 9, "mechanism": {"habit": {"on": False}}}
    study = Study.of("red_packet(purse=3)", **given)
    assert study.command == (
        "qunlab compare 'red_packet(purse=3)' community=study_camp days=9 mechanism.habit.on=false"
    )
    assert study.scenarios[1].mechanisms == {"habit": {"on": False}}


def test_a_mistake_in_python_is_an_error_of_one_line():
    with pytest.raises(UserError, match="Did you mean 'community'"):
        Study.of("red_packet", communty="study_camp")
