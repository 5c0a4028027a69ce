<?php
// What PHP's own fibers cost, with the least scheduler: context for the figures of the JavaScript libraries, not their
// peer. Prints one line of JSON: nanoseconds a fiber, the median of some samples.

declare(strict_types=1);

const TASKS = 100_000;
const WAVE = 100;
const SAMPLES = 5;

/** Starts so many fibers that suspend once, resumes each, and adds up what they return. */
function wave(int $tasks): int
{
    $ready = new SplQueue();
    for ($index = 0; $index < $tasks; $index++) {
        $fiber = new Fiber(function () use ($index): int {
            Fiber::suspend();
            return $index;
        });
        $fiber->start();
        $ready->enqueue($fiber);
    }
    $sum = 0;
    foreach ($ready as $fiber) {
        $fiber->resume();
        $sum += $fiber->getReturn();
    }
    return $sum;
}

function measure(callable $work): float
{
    $times = [];
    for ($sample = 0; $sample < SAMPLES; $sample++) {
        $started = hrtime(true);
        $work();
        $times[] = (hrtime(true) - $started) / TASKS;
    }
    sort($times);
    return $times[intdiv(SAMPLES, 2)];
}

$inWaves = function (): void {
    $sum = 0;
    for ($count = 0; $count < intdiv(TASKS, WAVE); $count++) {
        $sum += wave(WAVE);
    }
    if ($sum !== intdiv(TASKS, WAVE) * intdiv(WAVE * (WAVE - 1), 2)) {
        throw new RuntimeException("the fibers returned $sum together");
    }
};

echo json_encode([
    'name' => 'PHP ' . PHP_VERSION . ', fibers and a queue',
    'figures' => ['spawn + join, in waves of ' . WAVE => measure($inWaves)],
]), "\n";
