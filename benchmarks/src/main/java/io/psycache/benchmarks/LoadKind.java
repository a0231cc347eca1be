package io.psycache.benchmarks;

import static io.psycache.benchmarks.Contenders.ASYNC;
import static io.psycache.benchmarks.Contenders.CAFFEINE;
import static io.psycache.benchmarks.Contenders.JDBC;
import static io.psycache.benchmarks.Contenders.PSYCACHE;
import static io.psycache.benchmarks.Contenders.REDIS;
import static io.psycache.benchmarks.Contenders.REDIS_DEFAULT;

import io.psycache.benchmarks.Turn.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** What callers do with a cache, and what psycache must be able to do against others. */
enum LoadKind {
    GET("redis-get", "Gets against Redis and JdbcTemplate", List.of(1, 8, 32, 64, 128)) {
        @Override
        int run(Contender contender) {
            return contender.get();
        }

        @Override
        List<Demand> demands(Results results) {
            List<Demand> demands = new ArrayList<>();
            results.callers().forEach(callers -> {
                double least = callers == 8 ? 0.9 : 1;
                demands.add(demand(results, PSYCACHE, REDIS, callers, least));
                demands.add(Demand.atMost(
                        "p99 of get, psycache : " + REDIS + ", threads: " + callers,
                        1,
                        results.ratio(callers, PSYCACHE, REDIS, Figures::p99Micros)));
            });
            demands.add(demand(results, PSYCACHE, JDBC, 1, 1));
            demands.add(demand(results, PSYCACHE, JDBC, 8, 1.5));
            demands.add(demand(results, PSYCACHE, JDBC, 64, 2.5));
            demands.add(demand(results, PSYCACHE, PgBench.NAME, 1, 0.8));
            demands.add(demand(results, PSYCACHE, PgBench.NAME, 64, 1.2));
            return demands;
        }
    },

    PUT("redis-put", "Puts against Redis and JdbcTemplate", List.of(1, 8, 32, 64, 128)) {
        @Override
        int run(Contender contender) {
            return contender.put();
        }

        @Override
        List<Demand> demands(Results results) {
            return Stream.concat(
                            Stream.of(demand(results, PSYCACHE, JDBC, 1, 1), demand(results, PSYCACHE, JDBC, 64, 2)),
                            results.callers().stream()
                                    .map(callers -> demand(results, ASYNC, REDIS_DEFAULT, callers, 0.8)))
                    .toList();
        }
    },

    MIXED("redis-mixed", "90 gets and 10 puts against Redis and JdbcTemplate", List.of(8, 64)) {
        @Override
        int run(Contender contender) {
            return ThreadLocalRandom.current().nextInt(10) == 0 ? contender.put() : contender.get();
        }

        @Override
        List<Demand> demands(Results results) {
            return List.of();
        }
    };

    final String chapter;
    final String title;
    final List<Integer> callers;

    LoadKind(String chapter, String title, List<Integer> callers) {
        this.chapter = chapter;
        this.title = title;
        this.callers = callers;
    }

    /** @return how many entries it got or put */
    abstract int run(Contender contender);

    /** The modes of writing read alike, and beside a put in the heap all others would be nothing. */
    boolean isCompared(String contender) {
        return !contender.equals(this == GET ? REDIS_DEFAULT : CAFFEINE);
    }

    abstract List<Demand> demands(Results results);

    Demand demand(Results results, String one, String other, int callers, double least) {
        return Demand.atLeast(
                "%s, %s : %s, threads: %d".formatted(chapter.replace("redis-", ""), one, other, callers),
                least,
                results.throughput(callers, one, other));
    }
}
