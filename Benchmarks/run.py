# SPDX-License-Identifier: Apache-2.0
"""Measures the product beside references in the same run and writes Benchmarks/RESULTS.md."""
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))
os.environ.setdefault("BINARY_UNDER_TEST", str(ROOT / ".build-bench" / "release" / "otklik"))
from otklik_server import Server, forms, free_port  # noqa: E402
from postgres_server import Cluster  # noqa: E402

TOOLS = ROOT / ".vendor" / "tools"
POSTFIX = TOOLS / "postfix" / "usr"
LIBRARIES = {**os.environ, "LD_LIBRARY_PATH": str(POSTFIX / "lib" / "postfix")}
ROUNDS = int(os.environ.get("ROUNDS", "5"))
RESULTS = []


def note(benchmark, work, ours, reference="–", ratio="–", goal="–"):
    RESULTS.append((benchmark, work, ours, reference, ratio, goal))
    print(f"{benchmark}: {work}: {ours} | reference {reference} | ratio {ratio} | goal {goal}", flush=True)


def timed(arguments, **options):
    """Runs a command; returns wall and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_of(pid):
    """CPU seconds that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid, line="VmRSS"):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{line}:\s+(\d+)", text).group(1)) / 1024


@contextlib.contextmanager
def sink():
    """postfix's smtp-sink on a free port."""
    port = free_port()
    process = subprocess.Popen(
        [POSTFIX / "sbin" / "smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"], env=LIBRARIES,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def spread(values, places=0):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{places}f} ({low:,.{places}f}–{high:,.{places}f})"


RELEASE = ROOT / ".build-bench" / "release"


@contextlib.contextmanager
def distance(port, milliseconds):
    """A way to a port of this machine that takes so long there and back."""
    near = free_port()
    process = subprocess.Popen([RELEASE / "delay-proxy", str(near), str(port), str(milliseconds)])
    time.sleep(0.5)
    try:
        yield near
    finally:
        process.kill()
        process.wait()


def our_client(port, connections, messages, *options):
    return timed([RELEASE / "smtp-load", str(port), str(connections), str(messages), *options])


def their_client(port, connections, messages):
    return timed(
        [POSTFIX / "sbin" / "smtp-source", "-d", "-s", str(connections), "-m", str(messages),
         "-l", "6000", "-f", "sender@example.com", "-t", "rcpt@example.com", f"127.0.0.1:{port}"], env=LIBRARIES)


def b1():
    """SMTP client against smtp-source, alternating."""
    with sink() as port:
        for connections in (1, 8, 32):
            # So many that a program's start does not count.
            messages = 20_000
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(our_client(port, connections, messages))
                theirs.append(their_client(port, connections, messages))
            rate = [[messages / wall for wall, _ in runs] for runs in (ours, theirs)]
            cpu = [[cpu * 1e6 / messages for _, cpu in runs] for runs in (ours, theirs)]
            ratios = [a / b for a, b in zip(*rate)]
            cpu_ratios = [a / b for a, b in zip(*cpu)]
            note("B1", f"{connections} connections, messages/s", spread(rate[0]), spread(rate[1]),
                 spread(ratios, 2), "≥ 1")
            note("B1", f"{connections} connections, CPU µs each", spread(cpu[0]), spread(cpu[1]),
                 spread(cpu_ratios, 2), "≤ 0.75")
        with distance(port, 20) as far:
            b1_far(far)


def b1_far(port):
    """The same over a round trip of 20 ms, where it counts how often an answer is waited for."""
    for connections in (1, 8, 32):
        messages = 60 * connections
        theirs, plain, overlapping = [], [], []
        for _ in range(ROUNDS):
            theirs.append(messages / their_client(port, connections, messages)[0])
            plain.append(messages / our_client(port, connections, messages)[0])
            overlapping.append(messages / our_client(port, connections, messages, "overlap")[0])
        for name, ours, goal in (("pipelining", plain, "≥ 1.9"), ("overlap", overlapping, "≥ 3.5")):
            ratios = [a / b for a, b in zip(ours, theirs)]
            note("B1", f"{connections} connections, 20 ms round trip, {name}, messages/s", spread(ours),
                 spread(theirs), spread(ratios, 2), goal)


def quick_workflow(data, sink_port=None):
    """Takes the wait out of the demo's workflows, and lets mail go to a sink."""
    database = sqlite3.connect(f"{data}/otklik.db")
    for tenant, version, text in database.execute("SELECT tenant_id, id, scenario FROM workflow_version").fetchall():
        scenario = without_waits(json.loads(text))
        database.execute("UPDATE workflow_version SET scenario = ? WHERE tenant_id = ? AND id = ?",
                         (json.dumps(scenario, ensure_ascii=False), tenant, version))
    if sink_port:
        tenant = database.execute("SELECT id FROM tenant").fetchone()[0]
        database.execute(SINK_SETTINGS.format(tenant=tenant, port=sink_port))
    database.commit()
    database.close()


# Mail of the demo centre leaves for a sink, over eight connections.
SINK_SETTINGS = (
    "INSERT INTO smtp_settings (tenant_id, sender_name, sender_email, host, port, secure, requires_authentication, "
    "unknown_policy, connections, bounce_limit, changed_at) "
    "VALUES ({tenant}, 'Bench', 'survey@example.com', '127.0.0.1', {port}, 'none', 0, 'retry_once', 8, 1, 0) "
    "ON CONFLICT (tenant_id) DO UPDATE SET host = excluded.host, port = excluded.port, secure = 'none', "
    "requires_authentication = 0")


def quick_workflow_on(cluster, sink_port):
    """The same on PostgreSQL."""
    for tenant, version, text in cluster.ask("SELECT tenant_id, id, scenario FROM workflow_version"):
        scenario = json.dumps(without_waits(json.loads(text)), ensure_ascii=False).replace("'", "''")
        cluster.ask(f"UPDATE workflow_version SET scenario = '{scenario}' WHERE tenant_id = {tenant} AND id = {version}")
    tenant = cluster.ask("SELECT id FROM tenant")[0][0]
    cluster.ask(SINK_SETTINGS.format(tenant=tenant, port=sink_port))


def without_waits(node):
    if isinstance(node, list):
        return [without_waits(item) for item in node if not (isinstance(item, dict) and "wait" in item)]
    if isinstance(node, dict):
        return {name: without_waits(value) for name, value in node.items()}
    return node


@contextlib.contextmanager
def server(prepare=lambda data: None, log_level="warning"):
    """The release server on a fresh data folder with the demo centre."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        running = Server(f"{folder}/data", environment={"OTKLIK_LOG_LEVEL": log_level})
        running.start()
        running.stop()
        prepare(running.data)
        running.start()
        try:
            yield running
        finally:
            running.stop()


def ledger(data, question):
    database = sqlite3.connect(f"file:{data}/otklik.db?mode=ro", uri=True)
    try:
        return database.execute(question).fetchone()[0]
    finally:
        database.close()


def completion_script(demo, folder, first=0, size=1):
    """wrk's script: every request completes another interaction, or as many others as `size` says."""
    agent = next(person["login"] for person in demo["people"] if person["role"] == "agent")
    path = pathlib.Path(folder) / "complete.lua"
    path.write_text(f"""
local thread = 0
function setup(t) t:set("id", thread) thread = thread + 1 end
local count = 0
local one = function()
  count = count + 1
  local number = {first} + id * 1000000 + count
  return '{{"externalId":"b-' .. number .. '","service":"{demo['services'][0]['name']}","channel":"voice",' ..
    '"direction":"inbound","agent":"{agent}","disposition":"Заказ","customer":{{"email":"c' .. number ..
    '@example.org","name":"Customer"}}}}'
end
request = function()
  local body = one()
  if {size} > 1 then
    local all = {{body}}
    for i = 2, {size} do all[i] = one() end
    body = '[' .. table.concat(all, ',') .. ']'
  end
  return wrk.format("POST", "/api/v1/completions",
    {{["Authorization"]="Bearer {demo['apiKey']}", ["Content-Type"]="application/json"}}, body)
end
""")
    return path


def b2(count=20_000):
    """The main job, HTTP to SMTP, alternating with smtp-source."""
    ours, theirs, cpu = [], [], []
    for _ in range(ROUNDS):
        with sink() as port:
            wall, _ = timed([POSTFIX / "sbin" / "smtp-source", "-s", "8", "-m", str(count), "-l", "6000",
                             "-f", "s@example.com", "-t", "r@example.com", f"127.0.0.1:{port}"], env=LIBRARIES)
            theirs.append(count / wall)
            rate, used = main_job(count, port)
            ours.append(rate)
            cpu.append(used)
    note("B2", f"{count:,} interactions, surveys/s", spread(ours), spread(theirs),
         spread([a / b for a, b in zip(ours, theirs)], 2), "≥ 1,500 and ≥ 0.4")
    note("B2", "CPU ms of ours each", spread(cpu, 2), goal="≤ 0.6")


def main_job(count, port):
    """Surveys a second, and CPU milliseconds of ours for each."""
    with server(lambda data: quick_workflow(data, port)) as running:
        script = completion_script(running.demo(), running.data)
        cpu, start = cpu_of(running.process.pid), time.monotonic()
        feeding = subprocess.Popen(["wrk", "-t1", "-c64", "-d600s", "-s", script, running.address],
                                   stdout=subprocess.DEVNULL)
        try:
            while ledger(running.data, "SELECT count(*) FROM interaction") < count:
                time.sleep(0.25)
        finally:
            feeding.kill()
            feeding.wait()
        total = ledger(running.data, "SELECT count(*) FROM interaction")
        deadline = time.monotonic() + 300
        while ledger(running.data, "SELECT count(*) FROM message WHERE state = 'sent'") < total:
            assert time.monotonic() < deadline, "the mails did not leave"
            time.sleep(0.05)
        wall = time.monotonic() - start
        used = cpu_of(running.process.pid) - cpu
    return total / wall, used * 1000 / total


def b3(count=20_000):
    """The main job on PostgreSQL by one process and by two, alternating with B2's on SQLite."""
    embedded, one, two = [], [], []
    for _ in range(ROUNDS):
        with sink() as port:
            embedded.append(main_job(count, port))
        one.append(main_job_on_postgres(count, 1))
        two.append(main_job_on_postgres(count, 2))

    def compare(work, ours, theirs, goal, places=0):
        note("B3", work, spread(ours, places), spread(theirs, places), spread([a / b for a, b in zip(ours, theirs)], 2),
             goal)

    rates = [[rate for rate, _ in runs] for runs in (embedded, one, two)]
    compare(f"{count:,} interactions on PostgreSQL, surveys/s", rates[1], rates[0], "≥ 0.7")
    compare("two processes, surveys/s", rates[2], rates[1], "≥ 0.9")
    compare("two processes, CPU ms of ours for a survey", [cpu for _, cpu in two], [cpu for _, cpu in one], "≤ 1.15", 2)


def main_job_on_postgres(count, processes):
    """Surveys a second, and CPU milliseconds of ours for each. PostgreSQL is reached by its socket."""
    cluster = Cluster()
    nodes, feeding = [], []
    try:
        with sink() as port, tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder, cluster.counting() as ask:
            level = {"OTKLIK_LOG_LEVEL": "warning"}
            first = Server(f"{folder}/node-0", database=cluster.socket_url, environment=level)
            first.start()
            first.stop()
            quick_workflow_on(cluster, port)
            nodes.append(first.start())
            for number in range(1, processes):
                secret = {**level, "OTKLIK_SECRET_FILE": f"{first.data}/secret.key"}
                nodes.append(Server(f"{folder}/node-{number}", database=cluster.socket_url, base_url=first.base_url,
                                    environment=secret).start())
            before, start = sum(cpu_of(node.process.pid) for node in nodes), time.monotonic()
            for number, node in enumerate(nodes):
                script = completion_script(first.demo(), node.data, first=number * 500_000)
                feeding.append(subprocess.Popen(["wrk", "-t1", f"-c{64 // processes}", "-d600s", "-s", script,
                                                 node.address], stdout=subprocess.DEVNULL))
            while ask("SELECT count(*) FROM interaction") < count:
                time.sleep(0.25)
            for process in feeding:
                process.kill()
                process.wait()
            total = ask("SELECT count(*) FROM interaction")
            deadline = time.monotonic() + 300
            while ask("SELECT count(*) FROM message WHERE state = 'sent'") < total:
                assert time.monotonic() < deadline, "the mails did not leave"
                time.sleep(0.05)
            wall = time.monotonic() - start
            used = sum(cpu_of(node.process.pid) for node in nodes) - before
            for node in nodes:
                node.stop()
            return total / wall, used * 1000 / total
    finally:
        for process in [*feeding, *(node.process for node in nodes)]:
            if process and process.poll() is None:
                process.kill()
        cluster.remove()


def b6(seconds=8):
    """Completions over the API, one by one and a hundred at a time."""
    for size, goal in ((1, "≥ 3,000"), (100, "≥ 5,000")):
        with server() as running:
            script = completion_script(running.demo(), running.data, size=size)
            cpu, start = cpu_of(running.process.pid), time.monotonic()
            subprocess.run(["wrk", "-t1", f"-c{64 if size == 1 else 8}", f"-d{seconds}s", "-s", script,
                            running.address], check=True, stdout=subprocess.DEVNULL)
            wall = time.monotonic() - start
            total = ledger(running.data, "SELECT count(*) FROM interaction")
            used = cpu_of(running.process.pid) - cpu
            kind = "one in a request" if size == 1 else f"{size} in a request"
            note("B6", f"completions, {kind}, /s", f"{total / wall:,.0f}", goal=goal)
            note("B6", f"completions, {kind}, CPU ms each", f"{used * 1000 / total:.3f}")


def b11():
    """Start, size and idle memory of the program as it is packed: stripped, with Swift's libraries inside."""
    printed = subprocess.run([ROOT / "scripts" / "deb"], check=True, stdout=subprocess.PIPE, text=True).stdout
    package = ROOT / printed.split()[-1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
        measure_packed(pathlib.Path(folder) / "usr" / "bin" / "otklik")


def measure_packed(program):
    note("B11", "program, stripped, with Swift's libraries, MB", f"{program.stat().st_size / 1e6:.0f}", goal="≤ 110")
    times, memories = [], []
    with server() as running:
        running.stop()
        for _ in range(ROUNDS):
            port = free_port()
            began = time.monotonic()
            process = subprocess.Popen(
                [program, "serve", "--data", running.data, "--host", "127.0.0.1", "--port", str(port)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None, "the program ended"
                    time.sleep(0.002)
            times.append(time.monotonic() - began)
            time.sleep(3)
            memories.append(memory_of(process.pid))
            process.terminate()
            process.wait()
    note("B11", "start to the first answered request, s", spread(times, 2), goal="≤ 0.5")
    note("B11", "idle memory, MB", spread(memories), goal="≤ 60")


def complete(running, count, prefix="x"):
    demo = running.demo()
    agent = next(person["login"] for person in demo["people"] if person["role"] == "agent")
    for start in range(0, count, 500):
        batch = [{"externalId": f"{prefix}-{number}", "service": demo["services"][0]["name"], "channel": "voice",
                  "direction": "inbound", "agent": agent, "disposition": "Заказ",
                  "customer": {"email": f"{prefix}{number}@example.org"}} for number in range(start, min(start + 500, count))]
        status, reply = running.call("POST", "/api/v1/completions", batch, timeout_seconds=60)
        assert status < 300, reply


def links(running, count):
    """Survey links of captured mails."""
    deadline = time.monotonic() + 300
    while ledger(running.data, "SELECT count(*) FROM message WHERE state = 'captured'") < count:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    text = subprocess.run([os.environ["BINARY_UNDER_TEST"], "demo", "mail", "--json", "--limit", str(count), "--data", str(running.data)],
                          capture_output=True, text=True, check=True).stdout
    return [mail["link"].rsplit("/", 1)[1] for mail in json.loads(text)]


def wrk(arguments):
    text = subprocess.run(["wrk", "--latency", *map(str, arguments)], capture_output=True, text=True, check=True).stdout
    unit = {"us": 0.001, "ms": 1, "s": 1000}
    latency = {p: float(v) * unit[u] for p, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", text)}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), latency, text


@contextlib.contextmanager
def nginx(page):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="otklik-nginx-"))
    port = free_port()
    (folder / "page.html").write_bytes(page)
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; worker_processes 1; error_log {folder}/error.log; pid {folder}/pid;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log off; default_type text/html; keepalive_requests 1000000000; client_body_temp_path {folder}/b;"
        f" proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
        f" server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n")
    process = subprocess.Popen([TOOLS / "nginx" / "usr" / "sbin" / "nginx", "-c", folder / "nginx.conf", "-p", folder],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    try:
        yield f"http://127.0.0.1:{port}/page.html"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def ten_blocks(data):
    """Puts ten blocks that a customer sees, and a thank you, into the demo's forms: each kind, the three fields bound."""
    def choice(key, kind, text, *options, field=None):
        values = range(len(options) - 1, -1, -1)
        block = {"key": key, "kind": kind, "text": text, "isRequired": False,
                 "options": [{"text": option, "value": value} for option, value in zip(options, values)]}
        return {**block, "field": field} if field else block

    def slider(key, text, low, high):
        return {"key": key, "kind": "slider", "text": text, "isRequired": True, "field": key, "options": [],
                "minimum": low, "maximum": high, "step": 1}

    def plain(key, kind, text):
        return {"key": key, "kind": kind, "text": text, "isRequired": False, "options": []}

    blocks = [
        plain("intro", "text", "Вы недавно обращались к нам. Ответьте, пожалуйста, на несколько вопросов."),
        choice("fcr", "yes_no", "Решён ли ваш вопрос?", "Да", "Нет", field="fcr"),
        slider("csat", "Насколько вы довольны тем, как вас обслужили?", 1, 5),
        slider("nps", "Насколько вероятно, что вы порекомендуете нас знакомым?", 0, 10),
        choice("topics", "checkbox", "О чём вы спрашивали?", "Цена", "Доставка", "Качество", "Другое"),
        choice("channel", "radio", "Как вам удобнее обращаться?", "Звонок", "Чат", "Почта", "Лично"),
        choice("wait", "radio_horizontal", "Долго ли пришлось ждать?", "Нет", "Немного", "Долго"),
        choice("city", "dropdown", "Ваш город?", "Москва", "Томск", "Казань", "Пермь", "Другой"),
        choice("again", "yes_no_na", "Обращались ли вы раньше?", "Да", "Нет"),
        plain("notes", "notes", "Что нам стоит улучшить?"),
        plain("thanks", "thanks", "Спасибо! Ваш ответ поможет нам работать лучше."),
    ]
    content = json.dumps({"css": "", "languages": [
        {"language": language, "title": "Оцените качество обслуживания", "blocks": blocks} for language in ("ru", "en")]})
    database = sqlite3.connect(f"{data}/otklik.db")
    database.execute("UPDATE survey_version SET content = ?", (content,))
    database.commit()
    database.close()


def survey_centre(data):
    quick_workflow(data)
    ten_blocks(data)


def b4():
    """The survey page by its token: every request to another link."""
    with server(survey_centre) as running:
        complete(running, 500)
        tokens = links(running, 500)
        with urllib.request.urlopen(f"{running.address}/s/{tokens[0]}") as reply:
            page = reply.read()
        script = running.data / "pages.lua"
        paths = ", ".join(f'"/s/{token}"' for token in tokens)
        script.write_text(f"""
local paths, requests, at = {{ {paths} }}, {{}}, 0
init = function() for number, path in ipairs(paths) do requests[number] = wrk.format("GET", path) end end
request = function() at = at % #requests + 1 return requests[at] end
""")
        ours, theirs, cpu = [], [], []
        with nginx(page) as static:
            wrk(["-t1", "-c64", "-d2s", "-s", script, running.address])
            for _ in range(max(ROUNDS, 5)):
                before = cpu_of(running.process.pid)
                rate, latency, text = wrk(["-t1", "-c64", "-d5s", "-s", script, running.address])
                assert "Non-2xx" not in text, text
                requests = int(re.search(r"(\d+) requests in", text).group(1))
                cpu.append((cpu_of(running.process.pid) - before) * 1e6 / requests)
                ours.append((rate, latency))
                theirs.append(wrk(["-t1", "-c64", "-d5s", static])[:2])
        ratio = [a[0] / b[0] for a, b in zip(ours, theirs)]
        note("B4", f"survey page, 10 blocks ({len(page):,} bytes), requests/s", spread([r for r, _ in ours]),
             spread([r for r, _ in theirs]), spread(ratio, 2), "≥ 0.3")
        note("B4", "p99 ms against nginx's p50", spread([l["99"] for _, l in ours], 1),
             spread([l["50"] for _, l in theirs], 1),
             spread([a[1]["99"] / b[1]["50"] for a, b in zip(ours, theirs)], 1), "≤ 15")
        note("B4", "CPU µs each", spread(cpu))


def prepared_submits(running, tokens):
    """One submit for each link, as a browser that has opened the page would send it: path and body."""
    import concurrent.futures
    import http.client
    import threading
    import urllib.parse
    kept = threading.local()

    def prepare(token):
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", running.port)
        kept.connection.request("GET", f"/s/{token}")
        page = kept.connection.getresponse().read().decode()
        form = next(form for form in forms(page) if form.method == "post")
        values = [(name, "Всё хорошо, спасибо" if name == "q_notes" else value) for name, value in form.values]
        values += [(name, choices[-1]) for name, choices in form.choices.items()]
        return urllib.parse.urljoin(f"/s/{token}", form.action or ""), urllib.parse.urlencode(values)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(prepare, tokens))


def b5(count=12_000):
    """Submits of ten blocks, each to a link of its own."""
    with server(survey_centre) as running:
        complete(running, count)
        tokens = links(running, count)[:count]
        folder = running.data
        (folder / "submits.txt").write_text(
            "\n".join(f"{path} {body}" for path, body in prepared_submits(running, tokens)))
        script = folder / "submit.lua"
        # Requests are made in init, when wrk knows the host; after the last one wrk asks for something light.
        script.write_text(f"""
local requests, at = {{}}, 0
init = function()
  for line in io.lines("{folder}/submits.txt") do
    local path, body = line:match("^(%S+) (.*)$")
    requests[#requests + 1] = wrk.format("POST", path, {{["Content-Type"] = "application/x-www-form-urlencoded"}}, body)
  end
end
request = function()
  at = at + 1
  return requests[at] or wrk.format("GET", "/health/live")
end
""")
        # A page has to be open for two seconds before its submit counts.
        time.sleep(2.5)
        wanted = int(count * 0.95)
        before, start = cpu_of(running.process.pid), time.monotonic()
        load = subprocess.Popen(["wrk", "-t1", "-c64", "-d300s", "-s", script, running.address + "/"],
                                stdout=subprocess.DEVNULL)
        counted = "SELECT count(*) FROM submission WHERE state = 'counted'"
        try:
            while ledger(folder, counted) < wanted:
                assert load.poll() is None and time.monotonic() < start + 300, "the submits do not count"
                time.sleep(0.05)
            wall, used = time.monotonic() - start, cpu_of(running.process.pid) - before
            done = ledger(folder, counted)
        finally:
            load.kill()
            load.wait()
        weak = ledger(folder, "SELECT count(*) FROM submission WHERE state <> 'counted'")
        assert weak == 0, f"{weak} submits were put aside"
        note("B5", f"{done:,} submits of 10 blocks, each in a durable transaction, /s", f"{done / wall:,.0f}",
             goal="≥ 3,000")
        note("B5", "CPU ms each", f"{used * 1000 / done:.3f}", goal="≤ 0.35")


def b7():
    """How late due runs begin, from the demo's wait of five seconds."""
    with server() as running:
        for second in range(20):
            began = time.monotonic()
            for part in range(5):
                complete(running, 100, prefix=f"w{second}p{part}")
                time.sleep(max(0, began + (part + 1) * 0.2 - time.monotonic()))
        time.sleep(12)
        rows = lateness(running.data)
        note("B7", f"{len(rows):,} runs, 500 due each second: p99 ms late",
             f"{percentile(rows, 99):.0f} (p50 {percentile(rows, 50):.0f})", goal="≤ 100")
    with server() as running:
        complete(running, 10_000)
        running.stop()
        database = sqlite3.connect(f"{running.data}/otklik.db")
        due = int((time.time() + 6) * 1000)
        database.execute("UPDATE work SET due_at = ? WHERE kind = 'run'", (due,))
        database.execute("UPDATE run SET due_at = ? WHERE state = 'waiting'", (due,))
        database.commit()
        database.close()
        waiting = ledger(running.data, "SELECT count(*) FROM run WHERE state = 'waiting'")
        running.start()
        while ledger(running.data, "SELECT count(*) FROM run WHERE state = 'waiting'") > 0:
            time.sleep(0.02)
        wall = time.time() - due / 1000
        note("B7", f"{waiting:,} runs due at once, runs/s", f"{waiting / wall:,.0f}")


def lateness(data):
    """Milliseconds between the end of a wait and the next step of the run."""
    database = sqlite3.connect(f"file:{data}/otklik.db?mode=ro", uri=True)
    try:
        steps = database.execute("SELECT run_id, at, block FROM run_step ORDER BY run_id, id").fetchall()
        waits = {}
        late = []
        for run, at, block in steps:
            if run in waits:
                late.append(at - waits.pop(run) - 5000)
            if "wait" in block:
                waits[run] = at
        return late
    finally:
        database.close()


def percentile(values, percent):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


def b8():
    """Memory, start and the next claim with a million waiting runs against a thousand."""
    measured = {}
    for waiting in (1_000, 1_000_000):
        def fill(data, waiting=waiting):
            database = sqlite3.connect(f"{data}/otklik.db")
            columns = [row[1] for row in database.execute("PRAGMA table_info(run)")]
            work = [row[1] for row in database.execute("PRAGMA table_info(work)")]
            template = dict(zip(columns, database.execute("SELECT * FROM run LIMIT 1").fetchone()))
            alarm = {name: None for name in work}
            due = int((time.time() + 30 * 86400) * 1000)
            rows = ({**template, "id": 1000 + n, "interaction_id": 1000 + n, "state": "waiting", "due_at": due + n}
                    for n in range(waiting))
            database.executemany(f"INSERT INTO run VALUES ({', '.join('?' * len(columns))})",
                                 ([row[name] for name in columns] for row in rows))
            database.executemany(
                f"INSERT INTO work ({', '.join(work)}) VALUES ({', '.join('?' * len(work))})",
                ([{**alarm, "kind": "run", "tenant_id": template["tenant_id"], "subject_id": 1000 + n,
                   "due_at": due + n, "attempt": 0, "revision": 1}[name] for name in work] for n in range(waiting)))
            database.commit()
            database.close()

        with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
            running = Server(f"{folder}/data", environment={"OTKLIK_LOG_LEVEL": "warning"})
            running.start()
            complete(running, 1, prefix="first")
            time.sleep(7)
            running.stop()
            quick_workflow(running.data)
            fill(running.data)
            began = time.monotonic()
            running.start()
            start = time.monotonic() - began
            time.sleep(3)
            idle = memory_of(running.process.pid)
            before = cpu_of(running.process.pid)
            complete(running, 2_000, prefix="next")
            deadline = time.monotonic() + 120
            # Every survey is sent; counting messages, since counting among a million runs takes as long as sending.
            while ledger(running.data, "SELECT count(*) FROM message WHERE state = 'captured'") < 2_001:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            measured[waiting] = (idle, start, (cpu_of(running.process.pid) - before) * 1000 / 2000,
                                 memory_of(running.process.pid, "VmHWM"))
            running.stop()
    few, many = measured[1_000], measured[1_000_000]
    note("B8", "idle memory MB with 1,000,000 waiting runs", f"{many[0]:.0f}", f"{few[0]:.0f}",
         f"{many[0] / few[0]:.2f}", "≤ 1.2")
    note("B8", "start to ready, s", f"{many[1]:.2f}", f"{few[1]:.2f}", f"{many[1] / few[1]:.2f}")
    note("B8", "CPU ms of a survey among them (claims included)", f"{many[2]:.2f}", f"{few[2]:.2f}",
         f"{many[2] / few[2]:.2f}", "≤ 1.5")
    note("B8", "peak memory MB", f"{many[3]:.0f}", f"{few[3]:.0f}", f"{many[3] / few[3]:.2f}", "≤ 64")


def main():
    wanted = [name.upper() for name in sys.argv[1:]] or ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B11"]
    known = {"B1": b1, "B2": b2, "B3": b3, "B4": b4, "B5": b5, "B6": b6, "B7": b7, "B8": b8, "B11": b11}
    for name in wanted:
        known[name]()
    cores = os.cpu_count()
    lines = ["# Results", "",
             f"{time.strftime('%Y-%m-%d')}, {cores} cores, release build, SQLite with `synchronous=FULL`. Median (least–most).",
             "", "| | work | ours | reference | ratio | goal |", "|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in RESULTS]
    (ROOT / "Benchmarks" / "RESULTS.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
