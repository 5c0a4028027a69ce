"""What tasks cost in Python's asyncio: context for the figures of the JavaScript libraries, not their peer.

Prints one line of JSON: nanoseconds a task, the median of some samples.
"""

import asyncio
import json
import platform
import statistics
import time

TASKS = 100_000
WAVE = 100
SAMPLES = 5


async def hop(index):
    await asyncio.sleep(0)
    return index


async def at_once():
    results = await asyncio.gather(*[asyncio.create_task(hop(index)) for index in range(TASKS)])
    assert sum(results) == TASKS * (TASKS - 1) // 2


async def in_waves():
    total = 0
    for _ in range(TASKS // WAVE):
        tasks = [asyncio.create_task(hop(index)) for index in range(WAVE)]
        total += sum(await asyncio.gather(*tasks))
    assert total == TASKS // WAVE * (WAVE * (WAVE - 1) // 2)


async def sleeps():
    # As in ../sleeping.mjs: the later begun the shorter, so that no idle time is in the figure.
    longest = [-(-16 * (TASKS - index) // TASKS) for index in range(TASKS)]
    durations = [(1 + (index * 2_654_435_761 >> 8) % most) / 1000 for index, most in enumerate(longest)]
    tasks = [asyncio.create_task(asyncio.sleep(duration, 1)) for duration in durations]
    assert sum(await asyncio.gather(*tasks)) == TASKS


async def measure(work):
    times = []
    for _ in range(SAMPLES):
        started = time.perf_counter_ns()
        await work()
        times.append((time.perf_counter_ns() - started) / TASKS)
    return statistics.median(times)


async def main():
    figures = {
        f"spawn + join, {TASKS} alive at once": await measure(at_once),
        f"spawn + join, in waves of {WAVE}": await measure(in_waves),
        f"tasks that sleep, {TASKS} at once": await measure(sleeps),
    }
    print(json.dumps({"name": f"Python {platform.python_version()}, asyncio", "figures": figures}))


asyncio.run(main())
