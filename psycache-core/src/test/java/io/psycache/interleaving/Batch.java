package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.EntryWrites;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.Token;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** The row under two keys, which are looked up and stored with one statement each, as callers that are served together. */
final class Batch {
    private static final CacheTables TABLES = new CacheTables("", "psycache");

    private Batch() {}

    static Session session(DataSource dataSource) {
        return new Sessions(dataSource, Duration.ofMinutes(1))
                .until(System.nanoTime() + Duration.ofMinutes(1).toNanos());
    }

    static Token token(DataSource dataSource) {
        return new EntryReads(TABLES, false).token(session(dataSource));
    }

    static void put(DataSource dataSource, List<Put.Loaded> puts) {
        new EntryWrites(TABLES, new EntryReads(TABLES, false)).put(session(dataSource), puts);
    }

    static Put.Loaded loaded(Caller caller, String key, LoadToken token) {
        byte[] json = String.valueOf(caller.loaded).getBytes(StandardCharsets.UTF_8);
        List<String> tags = List.of(Tags.ofCache(caller.trial.region()), Tags.ofUser(caller.trial.tag()));
        return new Put.Loaded(
                new Entry(key, json, Caller.TTL, Duration.ZERO, tags, Integer.class.getName(), null), token);
    }

    private static List<String> keys(Caller caller) {
        return List.of(caller.trial.key(), caller.trial.prefix() + "other");
    }

    static List<Step> loader() {
        return List.of(act("get both", Batch::lookUp), act("load", Caller::read), act("put both", Batch::put));
    }

    static Step reader() {
        return act("get both", Batch::get);
    }

    static void get(Caller caller) {
        caller.cache
                .getAll(keys(caller), Integer.class)
                .values()
                .forEach(value -> caller.trial.hit(value, caller.data()));
    }

    private static void lookUp(Caller caller) {
        caller.tokens = new EntryReads(TABLES, false)
                .get(session(caller.dataSource), keys(caller)).stream()
                        .map(GetResult::token)
                        .map(token -> token instanceof LoadToken fresh ? fresh : null)
                        .collect(Collectors.toList());
    }

    private static void put(Caller caller) {
        List<String> keys = keys(caller);
        List<LoadToken> tokens = caller.tokens;
        put(
                caller.dataSource,
                IntStream.range(0, keys.size())
                        .filter(i -> tokens.get(i) != null)
                        .mapToObj(i -> loaded(caller, keys.get(i), tokens.get(i)))
                        .toList());
    }
}
