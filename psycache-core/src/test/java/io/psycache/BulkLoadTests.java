package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Many keys, found or loaded by one call. */
class BulkLoadTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private static final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    private static final PostgresCache cache =
            database.closing(PostgresCache.builder(database.dataSource()).build());

    private final List<Set<String>> asked = new ArrayList<>();

    private Map<String, String> load(String... keys) {
        return cache.getAllOrLoad(List.of(keys), String.class, TTL, this::loaded);
    }

    private Map<String, String> loaded(Set<String> missing) {
        asked.add(missing);
        return missing.stream().collect(Collectors.toMap(Function.identity(), key -> "loaded " + key));
    }

    @Test
    void onlyWhatIsMissingIsLoadedAndStored() {
        cache.put("b", "there", TTL);

        assertThat(load("a", "b", "c"))
                .containsExactly(Map.entry("a", "loaded a"), Map.entry("b", "there"), Map.entry("c", "loaded c"));
        assertThat(load("c", "b", "a", "c").keySet()).containsExactly("c", "b", "a");

        assertThat(asked).containsExactly(Set.of("a", "c"));
    }

    @Test
    void aKeyThatIsNotLoadedIsAbsentAndWhatWasNotAskedForIsIgnored() {
        Map<String, String> answer = new HashMap<>();
        answer.put("a", "A");
        answer.put("b", null);
        answer.put("other", "X");

        assertThat(cache.getAllOrLoad(List.of("a", "b", "c"), String.class, TTL, missing -> answer))
                .isEqualTo(Map.of("a", "A"));

        assertThat(cache.getAll(List.of("a", "b", "c", "other"), String.class)).isEqualTo(Map.of("a", "A"));
    }

    @Test
    void whatIsInvalidatedDuringTheLoadIsReturnedButNotStored() {
        Map<String, String> found = cache.getAllOrLoad(List.of("a", "b"), String.class, TTL, missing -> {
            cache.remove("a");
            return loaded(missing);
        });

        assertThat(found).isEqualTo(Map.of("a", "loaded a", "b", "loaded b"));
        assertThat(cache.getAll(List.of("a", "b"), String.class)).isEqualTo(Map.of("b", "loaded b"));
    }

    /** The broken way: a plain put states as the truth what another one has ended since. */
    @Test
    void getAllFollowedByPutAllWouldStoreWhatIsInvalidatedInBetween() {
        cache.getAll(List.of("a"), String.class);
        Map<String, String> old = loaded(Set.of("a"));
        cache.remove("a");
        cache.putAll(old, TTL);

        assertThat(cache.exists("a")).isTrue();
    }

    @Test
    void tagsAndTimeToLiveAreThoseOfTheCall() {
        cache.withTags("t")
                .getAllOrLoad(
                        List.of("a"),
                        new ParameterizedTypeReference<List<Integer>>() {},
                        null,
                        missing -> Map.of("a", List.of(1)));

        assertThat(cache.exists("a")).isTrue();
        assertThat(database.queryForLong("select count(*) from psycache where expires_at = 'infinity'"))
                .isEqualTo(1);
        cache.invalidateTags("t");
        assertThat(cache.exists("a")).isFalse();
    }

    @Test
    void whatCannotBeReadIsLoadedAgain() {
        cache.put("a", 7, TTL);
        assertThat(cache.getAllOrLoad(
                        List.of("a"),
                        new ParameterizedTypeReference<List<String>>() {},
                        TTL,
                        missing -> Map.of("a", List.of("x"))))
                .isEqualTo(Map.of("a", List.of("x")));
    }

    @Test
    void inATransactionTheValuesAreStoredAfterItsCommit() {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        transaction.executeWithoutResult(status -> {
            load("a", "b");
            status.setRollbackOnly();
        });
        transaction.executeWithoutResult(status -> {
            new JdbcTemplate(database.dataSource()).execute("select pg_current_xact_id()");
            load("written");
        });
        transaction.executeWithoutResult(status -> load("c", "d"));

        await().until(() -> cache.getAll(List.of("c", "d"), String.class).size() == 2);
        assertThat(cache.getAll(List.of("a", "b", "written"), String.class)).isEmpty();
    }

    @Test
    void nothingIsStoredIfOneOfTheValuesCannotBe() {
        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.getAllOrLoad(
                        List.of("good", "bad"), String.class, TTL, missing -> Map.of("good", "x", "bad", "nul \0")))
                .withMessageContaining("bad");

        assertThat(cache.exists("good")).isFalse();
    }

    @Test
    void failureOfTheLoaderIsTheDirectCause() {
        IllegalStateException failure = new IllegalStateException("no source");

        assertThatExceptionOfType(CacheLoadException.class)
                .isThrownBy(() -> cache.getAllOrLoad(List.of("a", "b"), String.class, TTL, missing -> {
                    throw failure;
                }))
                .withCause(failure)
                .withMessageContaining("'a', 'b'");
    }

    @Test
    void aLoaderThatReturnsNullHasFailed() {
        assertThatExceptionOfType(CacheLoadException.class)
                .isThrownBy(() -> cache.getAllOrLoad(List.of("a"), String.class, TTL, missing -> null))
                .withMessageContaining("result of the loader must not be null");
    }

    @Test
    void noKeysAreNoCall() {
        assertThat(load()).isEmpty();
        assertThat(asked).isEmpty();
    }
}
