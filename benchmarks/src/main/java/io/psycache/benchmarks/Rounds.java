package io.psycache.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * How often and how long is measured. In each round everybody who is compared has a turn, so that whatever else the machine does
 * meets all; the first round warms up and does not count, and the order changes from round to round.
 *
 * @param count the rounds that count
 * @param turn how long one of those compared runs
 */
record Rounds(int count, Duration turn) {
    private static final int WARM_UP_CALLERS = 8;
    private static final int WARM_UP_TURNS = 3;

    /** Turns of these loads. */
    Map<String, Callable<Turn.Figures>> turns(int callers, Map<String, Load> loads) {
        Map<String, Callable<Turn.Figures>> turns = new LinkedHashMap<>();
        loads.forEach((name, load) -> turns.put(name, () -> new Turn(callers, turn).of(load)));
        return turns;
    }

    /** A turn that does not count, before the first round: the compiler needs longer than one. */
    void warmUp(Load load) throws Exception {
        new Turn(WARM_UP_CALLERS, turn.multipliedBy(WARM_UP_TURNS)).of(load);
    }

    /** The results of each one's turns. */
    <T> Map<String, List<T>> of(Map<String, ? extends Callable<T>> compared) throws Exception {
        Map<String, List<T>> results = new LinkedHashMap<>();
        compared.keySet().forEach(name -> results.put(name, new ArrayList<>())); // in this order
        List<Map.Entry<String, ? extends Callable<T>>> order = new ArrayList<>(compared.entrySet());
        for (int round = 0; round <= count; round++) {
            for (Map.Entry<String, ? extends Callable<T>> next : order) {
                T result = next.getValue().call();
                if (round > 0) {
                    results.computeIfAbsent(next.getKey(), name -> new ArrayList<>())
                            .add(result);
                }
            }
            Collections.reverse(order);
        }
        return results;
    }
}
