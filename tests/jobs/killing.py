"""Processes that kill themselves (SIGKILL) at the step they are told, each forked from one that has Django loaded.

    with killing.ground(url) as forked:            # python -m tests.jobs.killing, with DATABASE_URL
        forked("work", place, at=17)               # the worker does all that waits, and dies at its 17th step
        forked("serve", place, at=5)["port"]       # the web server runs, until
        forked("end", place, kill=True)            # it is killed (False: until it has killed itself)

Steps are what leaves a trace: every statement, the moment before and after each commit and each file that is made to last,
and every progress told. Without `at` a command runs to its end and answers, among other things, with the names of its steps.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


# --- in the test


@contextmanager
def ground(url, commands="tests.jobs.commands"):
    """Function that has commands done: (command, place, at=0, **more) -> answer, {"killed": True} if it was."""
    env = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "k" * 60, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.jobs.killing", commands]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def forked(do, place, at=0, **more):
        print(json.dumps({"do": do, "place": place, "at": at, **more}), file=process.stdin, flush=True)
        answer = json.loads(process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    try:
        yield forked
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


# --- in the process that forks


def main():
    import django
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "assessment.settings"
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if "init_command" in (options := settings.DATABASES["default"].get("OPTIONS", {})):
        options["init_command"] += "PRAGMA synchronous=OFF;"  # a kill is no power cut: the system has what was written
    django.setup()
    from django.urls import get_resolver

    import assessment.jobs  # noqa: F401

    commands = import_module(sys.argv[1])
    get_resolver().url_patterns  # noqa: B018  loads all there is
    answers = os.dup(1)
    os.dup2(2, 1)  # what is printed meanwhile is no answer
    serving = None
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "end":
            answer = end(serving, asked["kill"])
        else:
            serving, answer = fork(commands, asked)
        os.write(answers, json.dumps(answer).encode() + b"\n")


def fork(commands, asked):
    """Do a command in a child: its number and its answer; the web server goes on after that."""
    to_read, to_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(to_read)
        code = 1
        try:
            answer, server = child(commands, **asked)
            os.write(to_write, json.dumps(answer).encode())
            if server:
                os.close(to_write)
                server.run()
            code = 0
        except BaseException as error:
            os.write(to_write, json.dumps({"error": repr(error)}).encode())
            raise
        finally:
            os._exit(code)
    os.close(to_write)
    with open(to_read, "rb") as answers:
        said = answers.read()
    return pid, json.loads(said) if asked["do"] == "serve" else end(pid) or json.loads(said)


def end(pid, kill=False):
    """Wait for a child: was it killed?"""
    if kill:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return {"killed": True} if os.WTERMSIG(status) == signal.SIGKILL else {"error": f"signal {os.WTERMSIG(status)}"}
    return {}


def child(commands, do, place, at, quota=0, **more):
    import resource

    from django.conf import settings
    from django.db import connections

    connections.settings["default"]["NAME"] = place["database"]
    settings.JOB_DIR = settings.FILE_UPLOAD_TEMP_DIR = place["jobs"]
    if quota:  # bytes of a file
        resource.setrlimit(resource.RLIMIT_FSIZE, (quota, quota))
    steps = count_steps(at)
    if do == "serve":
        server = commands.serve(steps, **more)
        return {"port": server.effective_port}, server
    answer = getattr(commands, do)(**more) or {}
    connections.close_all()
    return {**answer, "steps": steps}, None


def count_steps(at):
    """Let this process die at its step of that number; the names of its steps so far."""
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.signals import connection_created

    from assessment.actions.running import Running

    steps = []

    def step(name):
        if "_beat" in threading.current_thread().name:  # comes when it comes
            return
        steps.append(name)
        if len(steps) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(owner, name, before, after=""):
        done = getattr(owner, name)

        def counted(*args, **options):
            step(before)
            result = done(*args, **options)
            if after:
                step(after)
            return result

        setattr(owner, name, counted)

    def statement(execute, sql, params, many, context):
        step(sql[:60])
        return execute(sql, params, many, context)

    def connected(connection, **kwargs):
        connection.execute_wrappers.append(statement)

    connection_created.connect(connected, weak=False)
    around(BaseDatabaseWrapper, "_commit", "commit", "committed")
    around(os, "fsync", "file", "file lasts")
    around(Running, "progress", "progress")
    return steps


if __name__ == "__main__":
    main()
