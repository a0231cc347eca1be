package io.psycache.internal.lane;

import io.psycache.instrumentation.Operation;
import java.util.List;
import java.util.Queue;
import java.util.function.ObjLongConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A kind of request, of which several can be sent as one, through the {@link Lanes} that it shares with other kinds. Thread-safe.
 *
 * @param <Q> what is asked
 * @param <A> the answer
 */
public record Route<Q, A>(
        Operation operation,
        int maxWeight,
        ToIntFunction<? super Q> keys,
        ObjLongConsumer<List<Call<Q, A>>> sender,
        Queue<Call<Q, A>> queue) {

    int weight(Q question) {
        return keys.applyAsInt(question);
    }

    /** The call that has waited longest. */
    @Nullable Call<Q, A> head() {
        return queue.peek();
    }

    /** Adds to calls that go together those that are queued, as far as there is room. */
    void fill(List<Call<Q, A>> calls) {
        int weight = weight(calls);
        Call<Q, A> head = queue.peek();
        while (head != null && (calls.isEmpty() || weight + head.weight() <= maxWeight)) {
            Call<Q, A> next = queue.poll(); // another lane may have had the head
            if (next != null && next.take()) {
                calls.add(next);
                weight += next.weight();
            }
            head = queue.peek();
        }
    }

    static int weight(List<? extends Call<?, ?>> calls) {
        int weight = 0;
        for (Call<?, ?> call : calls) {
            weight += call.weight();
        }
        return weight;
    }
}
