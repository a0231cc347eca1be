package io.psycache.spring.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import io.psycache.spring.boot.ActuatorApplication;
import io.psycache.testsupport.TestDatabase;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The actuator endpoint {@code psycache}, and Boot's own {@code caches}. */
class PsycacheEndpointTests {
    private static final String UNRESTRICTED = "management.endpoint.psycache.access=unrestricted";
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private ActuatorApplication application;

    private void start(String... properties) {
        application = database.closing(ActuatorApplication.start(database, properties));
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void aReadShowsCachesEntriesRatiosLogCleanupAndSettingsAndNoValues() {
        start(
                "psycache.key-prefix=shop:",
                "psycache.caches.users.ttl=1h",
                "psycache.caches.users.transaction.serializable=join",
                "psycache.max-batch=50");
        application.springCache("users").put("jane", "secret value");
        application.springCache("users").get("jane");
        application.springCache("users").get("joe");
        application.springCache("orders");
        application.cache().region("other").put("o", "v", String.class, TTL);
        application.cache().put("direct", "v", TTL);
        application.cache().put("ended", "v", Duration.ofNanos(1));
        application.cache().invalidateTags("t");

        JsonNode before = application.json("psycache");
        assertThat(before.has("lastCleanup")).isFalse();
        assertThat(before.path("logEntries").asLong()).isEqualTo(1);
        assertThat(before.has("problem")).isFalse();
        assertThat(before.toString()).doesNotContain("secret", "jane");

        JsonNode orders = before.path("caches").get(0);
        assertThat(orders.path("name").asText()).isEqualTo("orders");
        assertThat(orders.path("contents").path("entries").asLong()).isZero();
        assertThat(orders.path("operations").has("hitRatio")).isFalse();
        assertThat(orders.path("settings").path("ttl").asText()).isEqualTo("PT1H");

        JsonNode users = before.path("caches").get(1);
        assertThat(users.path("cacheManager").asText()).isEqualTo("cacheManager");
        assertThat(users.path("region").asText()).isEqualTo("shop:users");
        assertThat(users.path("contents").path("entries").asLong()).isEqualTo(1);
        assertThat(users.path("contents").path("bytes").asLong()).isPositive();
        assertThat(users.path("operations").path("hits").asLong()).isEqualTo(1);
        assertThat(users.path("operations").path("misses").asLong()).isEqualTo(1);
        assertThat(users.path("operations").path("hitRatio").asDouble()).isEqualTo(0.5);
        assertThat(users.path("operations").path("puts").asLong()).isEqualTo(1);
        assertThat(users.path("settings").path("keyPrefix").asText()).isEqualTo("shop:");
        assertThat(users.path("settings").path("failurePolicy").asText()).isEqualTo("MISS");
        assertThat(users.path("settings").path("serializable").asText()).isEqualTo("JOIN");

        JsonNode others = before.path("otherRegions");
        assertThat(others.path("other").path("entries").asLong()).isEqualTo(1);
        assertThat(others.path("").path("entries").asLong()).isEqualTo(2);
        assertThat(others.path("").path("expired").asLong()).isEqualTo(1);
        assertThat(others.size()).isEqualTo(2);

        JsonNode settings = before.path("settings");
        assertThat(settings.path("table").asText()).isEqualTo("psycache");
        assertThat(settings.path("maxBatch").asInt()).isEqualTo(50);
        assertThat(settings.path("timeout").asText()).isEqualTo("PT5S");
        assertThat(settings.path("serializable").asText()).isEqualTo("BYPASS");
        assertThat(settings.path("cleanup").path("interval").asText()).isEqualTo("PT5M");
        assertThat(settings.path("cleanup").path("enabled").asBoolean()).isFalse();

        application.cache().cleanupExpired();
        JsonNode after = application.json("psycache");
        assertThat(Instant.parse(after.path("lastCleanup").asText()))
                .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
        assertThat(after.path("otherRegions").path("").path("entries").asLong()).isEqualTo(1);
    }

    @Test
    void aReadShowsTheCopiesOfTheProcessAndHowOldTheyMayBe() {
        start(
                "psycache.near.maximum-size=1MB",
                "psycache.near.max-staleness=20ms",
                "psycache.caches.users.near.max-staleness=50ms",
                "psycache.caches.users.near.copy=always");
        application.springCache("orders").put("o", "v");
        assertThat(application.json("psycache").path("near").has("lookAge")).isFalse();
        for (int i = 0; i < 3; i++) {
            application.springCache("orders").get("o");
        }

        JsonNode answer = application.json("psycache");
        JsonNode near = answer.path("near");
        assertThat(near.path("hits").asLong()).isEqualTo(1);
        assertThat(near.path("looks").asLong()).isBetween(1L, 2L);
        assertThat(near.path("lookCallers").asLong()).isBetween(1L, 2L);
        assertThat(near.path("lookRows").asLong()).isZero();
        assertThat(near.path("copies").asLong()).isEqualTo(1);
        assertThat(near.path("bytes").asLong()).isPositive();
        assertThat(Duration.parse(near.path("lookAge").asText())).isPositive();
        assertThat(near.path("floors").asLong()).isEqualTo(1);
        assertThat(near.path("maximumSize").asLong()).isEqualTo(1_048_576);
        assertThat(answer.path("settings").path("maxStaleness").asText()).isEqualTo("PT0.02S");
        assertThat(answer.path("settings").path("nearCopy").asText()).isEqualTo("AUTO");
        assertThat(answer.path("caches").get(0).path("settings").has("maxStaleness"))
                .isFalse();
        JsonNode users = answer.path("caches").get(1).path("settings");
        assertThat(users.path("maxStaleness").asText()).isEqualTo("PT0.05S");
        assertThat(users.path("nearCopy").asText()).isEqualTo("ALWAYS");
    }

    @Test
    void whatTheProcessKnowsIsShownWhereTheTablesCanNotBeAsked() {
        start();
        application.springCache("users").get("joe");
        database.execute("alter table psycache rename to gone");

        JsonNode answer = application.json("psycache");
        assertThat(answer.path("problem").asText()).contains("Missing in schema", "table \"psycache\"");
        assertThat(answer.path("caches").get(0).has("contents")).isFalse();
        assertThat(answer.path("caches")
                        .get(0)
                        .path("operations")
                        .path("misses")
                        .asLong())
                .isEqualTo(1);
        assertThat(application.json("psycache/users").path("caches").size()).isEqualTo(1);
    }

    @Test
    void keysAreShownOnlyWhereTheyMayBe() {
        start();
        application.springCache("users").put("jane", "v");
        assertThat(application.get("psycache/users")).contains("\"users\"").doesNotContain("keys", "jane");
        application.close();

        start("psycache.endpoint.show-keys=true");
        application.springCache("users");
        JsonNode users = application.json("psycache/users").path("caches").get(0);
        assertThat(texts(users.path("keys"))).containsExactly("users::\"jane\"");
        assertThat(application.get("psycache")).doesNotContain("keys", "jane");
        application.close();

        start("psycache.endpoint.show-keys=true", "psycache.hash-keys=true");
        application.springCache("users");
        assertThat(texts(
                        application.json("psycache/users").path("caches").get(0).path("keys")))
                .containsExactly(KeyHashingInstrumentation.hash("users::\"jane\""));
    }

    @Test
    void anUnknownCacheIsNamed() {
        start("psycache.caches.users.ttl=1h");
        HttpResponse<String> answer = application.send("GET", "psycache/user");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("no cache 'user' so far. There are: users.");
    }

    @Test
    void nothingCanBeChangedUnlessAccessIsUnrestricted() {
        start();
        application.cache().put("k", 1, TTL);
        assertThat(application.send("DELETE", "psycache?key=k").statusCode()).isEqualTo(405);
        assertThat(application.send("POST", "psycache").statusCode()).isEqualTo(405);
        assertThat(application.cache().exists("k")).isTrue();
        application.close();

        start(UNRESTRICTED, "management.endpoints.access.max-permitted=read-only");
        assertThat(application.send("DELETE", "psycache?key=k").statusCode()).isEqualTo(405);
    }

    @Test
    void keysTagsAndCachesAreEvictedAndTheCleanupRuns() {
        start(UNRESTRICTED);
        PostgresCache cache = application.cache();
        cache.put("a b", 1, TTL);
        cache.withTags("t").put("tagged", 1, TTL);
        application.springCache("users").put("jane", "v");
        cache.put("ended", 1, Duration.ofNanos(1));

        HttpResponse<String> removed = application.send("DELETE", "psycache?key=a%20b");
        assertThat(removed.statusCode()).isEqualTo(200);
        assertThat(removed.body()).isEqualTo("{\"removed\":true}");
        assertThat(application.send("DELETE", "psycache?key=a%20b").body()).isEqualTo("{\"removed\":false}");
        assertThat(cache.exists("a b")).isFalse();

        assertThat(application.send("DELETE", "psycache?tag=t").statusCode()).isEqualTo(204);
        assertThat(cache.exists("tagged")).isFalse();
        assertThat(application.springCache("users").get("jane")).isNotNull();

        assertThat(application.send("DELETE", "psycache?cacheName=users").statusCode())
                .isEqualTo(204);
        assertThat(application.springCache("users").get("jane")).isNull();

        assertThat(application.send("POST", "psycache").body()).isEqualTo("{\"deleted\":1}");
    }

    @Test
    void anEvictionOfNothingOrOfTwoThingsIsRefusedWithAReason() {
        start(UNRESTRICTED);
        application.cache().put("k", 1, TTL);
        for (String parameters : List.of("", "?key=k&tag=t", "?tag=t&cacheName=c")) {
            HttpResponse<String> answer = application.send("DELETE", "psycache" + parameters);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("Give one of the parameters key, tag and cacheName.");
        }
        assertThat(application.cache().exists("k")).isTrue();
        assertThat(application.send("DELETE", "psycache?cacheName=none").statusCode())
                .isEqualTo(404);
    }

    @Test
    void bootsOwnEndpointShowsAndClearsTheCaches() {
        start("psycache.caches.users.ttl=1h");
        application.springCache("users").put("jane", "v");
        application.springCache("orders").put("o", "v");

        JsonNode caches = application
                .json("caches")
                .path("cacheManagers")
                .path("cacheManager")
                .path("caches");
        assertThat(caches.has("users")).isTrue();
        assertThat(caches.has("orders")).isTrue();
        assertThat(application.json("caches/users").path("name").asText()).isEqualTo("users");

        assertThat(application.send("DELETE", "caches/users").statusCode()).isEqualTo(204);
        assertThat(application.springCache("users").get("jane")).isNull();
        assertThat(application.springCache("orders").get("o")).isNotNull();
        assertThat(application.send("DELETE", "caches").statusCode()).isEqualTo(204);
        assertThat(application.springCache("orders").get("o")).isNull();
    }

    @Test
    void thereIsNoneWhereItIsNotExposedOrTheCacheIsOff() {
        start("management.endpoints.web.exposure.include=health");
        assertThat(application.context().getBeansOfType(PsycacheEndpoint.class)).isEmpty();
        application.close();
        start("psycache.enabled=false");
        assertThat(application.context().getBeansOfType(PsycacheEndpoint.class)).isEmpty();
    }
}
