package io.psycache.spring.boot.actuate;

import io.psycache.CacheInspection;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.TableContents;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.boot.actuate.CacheDescriptor.ContentsDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.cache.Cache;

/**
 * Actuator endpoint to see and to steer the cache over HTTP. It shows no values. Its operations that change something are there
 * only with {@code management.endpoint.psycache.access=unrestricted}.
 */
@WebEndpoint(id = "psycache", defaultAccess = Access.READ_ONLY)
public final class PsycacheEndpoint {
    private static final int MOST_KEYS = 100;

    private final PostgresCache cache;
    private final CacheManagers managers;
    private final boolean showKeys;
    private final PsycacheDescriptor.Settings settings;

    public PsycacheEndpoint(
            PostgresCache cache, CacheManagers managers, boolean showKeys, boolean cleanup, Duration cleanupInterval) {
        this.cache = cache;
        this.managers = managers;
        this.showKeys = showKeys;
        this.settings = PsycacheDescriptor.Settings.of(cache.inspection().settings(), cleanup, cleanupInterval);
    }

    @ReadOperation
    public PsycacheDescriptor cache() {
        TablesAnswer answer = TablesAnswer.of(cache.inspection());
        List<CacheDescriptor> caches = describe(answer, name -> true, false);
        Map<String, ContentsDescriptor> others = new TreeMap<>(answer.regions());
        caches.forEach(own -> others.remove(own.region()));
        return new PsycacheDescriptor(
                caches,
                others,
                answer.logEntries(),
                answer.lastCleanup(),
                answer.problem(),
                PsycacheDescriptor.Near.of(cache.inspection().near()),
                PsycacheDescriptor.Breaker.of(cache.inspection().breaker()),
                settings);
    }

    /** One Spring cache, of each manager that has it; with some of its keys, where they may be shown. */
    @ReadOperation
    public WebEndpointResponse<?> named(@Selector String name) {
        List<CacheDescriptor> found = describe(TablesAnswer.of(cache.inspection()), name::equals, showKeys);
        return found.isEmpty() ? unknown(name) : new WebEndpointResponse<>(Map.of("caches", found));
    }

    private List<CacheDescriptor> describe(TablesAnswer answer, Predicate<String> wanted, boolean withKeys) {
        List<CacheDescriptor> described = new ArrayList<>();
        managers.byName()
                .forEach((managerName, manager) -> caches(manager, wanted)
                        .forEach(found -> described.add(CacheDescriptor.of(
                                managerName,
                                manager,
                                found,
                                answer.of(found),
                                withKeys ? keys(answer, found) : null))));
        return described;
    }

    private @Nullable List<String> keys(TablesAnswer answer, Cache of) {
        return answer.problem() != null ? null : cache.inspection().keys(CacheDescriptor.regionOf(of), MOST_KEYS);
    }

    private static Stream<Cache> caches(PostgresCacheManager manager, Predicate<String> wanted) {
        return manager.getCacheNames().stream()
                .filter(wanted)
                .map(manager::getCache)
                .map(Objects::requireNonNull);
    }

    /**
     * Ends one entry by its key in the table, all entries with a tag, or those of a Spring cache. Other nodes see it at once. That
     * a parameter is optional Boot 3.5 reads from Spring's annotation alone.
     */
    @DeleteOperation
    public WebEndpointResponse<?> evict(
            @org.springframework.lang.Nullable String key,
            @org.springframework.lang.Nullable String tag,
            @org.springframework.lang.Nullable String cacheName) {
        if (Stream.of(key, tag, cacheName).filter(Objects::nonNull).count() != 1) {
            return new WebEndpointResponse<>(
                    Map.of("problem", "Give one of the parameters key, tag and cacheName."),
                    WebEndpointResponse.STATUS_BAD_REQUEST);
        }
        if (key != null) {
            return new WebEndpointResponse<>(Map.of("removed", cache.remove(key)));
        }
        if (tag != null) {
            cache.invalidateTags(tag);
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
        }
        return clear(Objects.requireNonNull(cacheName));
    }

    private WebEndpointResponse<?> clear(String name) {
        List<Cache> found = managers.byName().values().stream()
                .flatMap(manager -> caches(manager, name::equals))
                .toList();
        found.forEach(Cache::clear);
        return found.isEmpty() ? unknown(name) : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
    }

    private WebEndpointResponse<?> unknown(String name) {
        List<String> names = managers.byName().values().stream()
                .flatMap(manager -> manager.getCacheNames().stream())
                .distinct()
                .toList();
        String there = names.isEmpty() ? "There are none." : "There are: " + String.join(", ", names) + ".";
        return new WebEndpointResponse<>(
                Map.of("problem", "This application has no cache '" + name + "' so far. " + there),
                WebEndpointResponse.STATUS_NOT_FOUND);
    }

    /** Runs the cleanup, unless another node is at it. @return how many rows it has deleted */
    @WriteOperation
    public Map<String, Long> cleanUp() {
        return Map.of("deleted", cache.cleanupExpired());
    }

    /**
     * The answer of the tables.
     *
     * @param regions what they hold; empty also where there is a problem
     * @param logEntries null where there is a problem
     * @param lastCleanup null also before the first one
     * @param problem why they could not be asked; null where they could
     */
    private record TablesAnswer(
            Map<String, ContentsDescriptor> regions,
            @Nullable Long logEntries,
            @Nullable String lastCleanup,
            @Nullable String problem) {

        static TablesAnswer of(CacheInspection inspection) {
            try {
                inspection.check();
                TableContents contents = inspection.contents();
                Map<String, ContentsDescriptor> regions = new TreeMap<>();
                contents.caches().forEach(region -> regions.put(region.cache(), ContentsDescriptor.of(region)));
                String lastCleanup =
                        inspection.lastCleanup().map(Instant::toString).orElse(null);
                return new TablesAnswer(regions, contents.logEntries(), lastCleanup, null);
            } catch (RuntimeException e) {
                // a pool that can't connect has exceptions of its own, and what this process knows is shown all the
                // same
                return new TablesAnswer(Map.of(), null, null, String.valueOf(e.getMessage()));
            }
        }

        @Nullable ContentsDescriptor of(Cache cache) {
            return problem != null
                    ? null
                    : regions.getOrDefault(CacheDescriptor.regionOf(cache), ContentsDescriptor.NOTHING);
        }
    }
}
