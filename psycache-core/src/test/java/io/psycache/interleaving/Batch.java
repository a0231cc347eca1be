package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import io.psycache.internal.store.Tags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** The row under two keys, which are looked up and stored with one statement each, as callers that are served together. */
final class Batch {
    private static final CacheTables TABLES = new CacheTables("", "psycache");

    private Batch() {}

    static EntryStore store(DataSource dataSource) {
        return new EntryStore(dataSource, TABLES, Duration.ofMinutes(1));
    }

    static PutRequest request(Caller caller, String key, LoadToken token) {
        byte[] json = String.valueOf(caller.loaded).getBytes(StandardCharsets.UTF_8);
        List<String> tags = List.of(Tags.ofCache(caller.trial.region()), Tags.ofUser(caller.trial.tag()));
        return new PutRequest(key, json, Caller.TTL, Duration.ZERO, tags, Integer.class.getName(), token, false);
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
        caller.tokens = store(caller.dataSource).get(keys(caller), Joining.ALWAYS).stream()
                .map(GetResult::token)
                .toList();
    }

    private static void put(Caller caller) {
        List<String> keys = keys(caller);
        List<LoadToken> tokens = caller.tokens;
        store(caller.dataSource)
                .put(IntStream.range(0, keys.size())
                        .filter(i -> tokens.get(i) != null)
                        .mapToObj(i -> request(caller, keys.get(i), tokens.get(i)))
                        .toList());
    }
}
