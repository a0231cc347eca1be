package io.psycache.benchmarks;

import io.psycache.benchmarks.Order.Line;
import java.time.Instant;
import java.util.List;

/** An {@link Order} without a list: the same JSON but for the names of its lines, and immutable all through. */
record FixedOrder(
        int id,
        String customer,
        String address,
        Instant placed,
        boolean paid,
        Line line1,
        Line line2,
        Line line3,
        Line line4,
        Line line5,
        Line line6,
        Line line7)
        implements Numbered {

    static FixedOrder of(int id) {
        Order order = Order.of(id);
        List<Line> lines = order.lines();
        return new FixedOrder(
                id,
                order.customer(),
                order.address(),
                order.placed(),
                order.paid(),
                lines.get(0),
                lines.get(1),
                lines.get(2),
                lines.get(3),
                lines.get(4),
                lines.get(5),
                lines.get(6));
    }
}
