package io.psycache.spring.boot.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.psycache.CacheOptions.NearCopy;
import io.psycache.CacheOptions.SerializableReads;
import io.psycache.CacheRegion;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.spring.FailurePolicy;
import io.psycache.spring.PostgresCacheConfiguration;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.PostgresCacheStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * One Spring cache as the endpoint shows it.
 *
 * @param region how the table has it: key prefix and name
 * @param contents null where the tables could not be asked
 * @param keys some of its keys; null where they are not asked for, or not to be shown
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CacheDescriptor(
        String name,
        String cacheManager,
        String region,
        @Nullable ContentsDescriptor contents,
        PostgresCacheStatistics operations,
        Settings settings,
        @Nullable List<String> keys) {

    static CacheDescriptor of(
            String managerName,
            PostgresCacheManager manager,
            Cache cache,
            @Nullable ContentsDescriptor contents,
            @Nullable List<String> keys) {
        String name = cache.getName();
        return new CacheDescriptor(
                name,
                managerName,
                regionOf(cache),
                contents,
                Objects.requireNonNull(manager.getStatistics(name)),
                Settings.of(Objects.requireNonNull(manager.getConfiguration(name))),
                keys);
    }

    static String regionOf(Cache cache) {
        return ((CacheRegion) cache.getNativeCache()).name();
    }

    static String ttl(@Nullable Duration ttl) {
        return ttl == null ? "never" : ttl.toString();
    }

    /** The rows of a cache in the table, estimated. */
    record ContentsDescriptor(long entries, long expired, long bytes) {
        static final ContentsDescriptor NOTHING = new ContentsDescriptor(0, 0, 0);

        static ContentsDescriptor of(CacheContents contents) {
            return new ContentsDescriptor(contents.entries(), contents.expired(), contents.bytes());
        }
    }

    /**
     * The settings of a cache in force.
     *
     * @param maxStaleness null = that of all caches
     * @param nearCopy null = that of all caches
     * @param serializable null = those of all caches
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Settings(
            String ttl,
            double ttlJitter,
            String keyPrefix,
            boolean cacheNullValues,
            FailurePolicy failurePolicy,
            @Nullable String maxStaleness,
            @Nullable NearCopy nearCopy,
            @Nullable SerializableReads serializable) {

        static Settings of(PostgresCacheConfiguration configuration) {
            Duration maxStaleness = configuration.options().maxStaleness();
            return new Settings(
                    CacheDescriptor.ttl(configuration.entryTtl()),
                    configuration.ttlJitter(),
                    configuration.keyPrefix(),
                    configuration.cacheNullValues(),
                    configuration.failurePolicy(),
                    maxStaleness == null ? null : maxStaleness.toString(),
                    configuration.options().nearCopy(),
                    configuration.options().serializable());
        }
    }
}
