package io.psycache.benchmarks;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** What is cached: about 0.8 KB of JSON. */
record Order(int id, String customer, String address, Instant placed, boolean paid, List<Line> lines)
        implements Numbered {

    record Line(String sku, String title, int quantity, long cents) {}

    static Order of(int id) {
        return new Order(
                id,
                "customer-" + scattered(id),
                id % 200 + " Long Meadow Road, 0" + id % 9000 + " Springfield",
                Instant.ofEpochSecond(1_700_000_000L + id),
                id % 2 == 0,
                IntStream.range(0, 7).mapToObj(line -> line(id * 31 + line)).toList());
    }

    private static Line line(int number) {
        return new Line(
                "SKU-" + Integer.toHexString(scattered(number)),
                "Article " + scattered(number + 1) + " in blue",
                number % 5 + 1,
                scattered(number + 2) / 1_000L);
    }

    /** A number that does not compress to nothing. */
    private static int scattered(int number) {
        return number * 0x9E3779B9 >>> 1;
    }
}
