package io.psycache.spring.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.annotation.CacheAnnotationParser;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.SpringCacheAnnotationParser;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class DividedOperationsTests {

    @ParameterizedTest
    @ValueSource(
            classes = {
                Reads.class,
                Evicts.class,
                Puts.class,
                Several.class,
                OnTheClass.class,
                ByAnotherAnnotation.class,
                Inherits.class,
                Implements.class,
                ImplementsOfAType.class
            })
    void aClassWithAnOperationIsACandidateOfSpringsSources(Class<?> type) throws NoSuchMethodException {
        Method method = type.getMethod("of", String.class);
        for (boolean publicOnly : List.of(true, false)) {
            DividedOperations divided = new DividedOperations(new AnnotationCacheOperationSource(publicOnly));
            assertThat(List.of(divided.lookups(), divided.writes()))
                    .allMatch(half -> half.isCandidateClass(type))
                    .filteredOn(half -> half.hasCacheOperations(method, type))
                    .singleElement()
                    .satisfies(half ->
                            assertThat(half.getCacheOperations(method, type)).hasSize(1));
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Evicts.class, Puts.class, Several.class, LooksUpAndEvicts.class})
    void aMethodThatPutsOrEvictsIsOneThatWrites(Class<?> type) throws NoSuchMethodException {
        Method method = type.getMethod("of", String.class);
        DividedOperations divided = new DividedOperations(new AnnotationCacheOperationSource());
        assertThat(divided.writes().hasCacheOperations(method, type)).isTrue();
        assertThat(divided.lookups().hasCacheOperations(method, type)).isFalse();
    }

    @Test
    void aMethodThatOnlyLooksUpIsNot() throws NoSuchMethodException {
        Method method = Reads.class.getMethod("of", String.class);
        DividedOperations divided = new DividedOperations(new AnnotationCacheOperationSource());
        assertThat(divided.writes().hasCacheOperations(method, Reads.class)).isFalse();
        assertThat(divided.lookups().hasCacheOperations(method, Reads.class)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(classes = {Beans.class, OnlyAConfig.class, Reader.class})
    void aClassWithoutAnOperationIsNot(Class<?> type) {
        DividedOperations divided = new DividedOperations(new AnnotationCacheOperationSource());
        assertThat(divided.lookups().isCandidateClass(type)).isFalse();
        assertThat(divided.writes().isCandidateClass(type)).isFalse();
    }

    @Test
    void aParserOfTheApplicationsOwnMaySeeAnOperationAnywhere() throws NoSuchMethodException {
        CacheAnnotationParser springs = new SpringCacheAnnotationParser();
        assertIsAsked(new AnnotationCacheOperationSource(new Everywhere()));
        assertIsAsked(new AnnotationCacheOperationSource(Set.of(springs, new Everywhere())));
        assertIsAsked(new AnnotationCacheOperationSource(springs) {
            @Override
            protected @Nullable Collection<CacheOperation> determineCacheOperations(CacheOperationProvider provider) {
                return List.of(operation());
            }
        });
    }

    private static void assertIsAsked(AnnotationCacheOperationSource source) throws NoSuchMethodException {
        CacheOperationSource lookups = new DividedOperations(source).lookups();
        assertThat(lookups.isCandidateClass(Reader.class)).isTrue();
        assertThat(lookups.hasCacheOperations(Reader.class.getMethod("of", String.class), Reader.class))
                .isTrue();
    }

    private static CacheOperation operation() {
        CacheableOperation.Builder operation = new CacheableOperation.Builder();
        operation.setCacheName("everything");
        return operation.build();
    }

    static class Everywhere implements CacheAnnotationParser {

        @Override
        public @Nullable Collection<CacheOperation> parseCacheAnnotations(Class<?> type) {
            return List.of(operation());
        }

        @Override
        public @Nullable Collection<CacheOperation> parseCacheAnnotations(Method method) {
            return null;
        }
    }

    interface Declares {
        @Cacheable("reads")
        String of(String key);
    }

    interface DeclaresOfAType<K> {
        @Cacheable("reads")
        String of(K key);
    }

    static class Reader {
        public String of(String key) {
            return key;
        }
    }

    static class Reads extends Reader {
        @Override
        @Cacheable("reads")
        public String of(String key) {
            return key;
        }
    }

    static class Evicts extends Reader {
        @Override
        @CacheEvict("reads")
        public String of(String key) {
            return key;
        }
    }

    static class Puts extends Reader {
        @Override
        @CachePut("reads")
        public String of(String key) {
            return key;
        }
    }

    static class Several extends Reader {
        @Override
        @Caching(evict = @CacheEvict("reads"))
        public String of(String key) {
            return key;
        }
    }

    static class LooksUpAndEvicts extends Reader {
        @Override
        @Caching(cacheable = @Cacheable("reads"), evict = @CacheEvict("others"))
        public String of(String key) {
            return key;
        }
    }

    @Cacheable("reads")
    static class OnTheClass {
        public String of(String key) {
            return key;
        }
    }

    @Cacheable("reads")
    @Retention(RetentionPolicy.RUNTIME)
    @interface Cached {}

    static class ByAnotherAnnotation extends Reader {
        @Override
        @Cached
        public String of(String key) {
            return key;
        }
    }

    static class Inherits extends Reads {}

    static class Implements implements Declares {
        @Override
        public String of(String key) {
            return key;
        }
    }

    static class ImplementsOfAType implements DeclaresOfAType<String> {
        @Override
        public String of(String key) {
            return key;
        }
    }

    @Configuration
    static class Beans {
        @Bean
        public String of(String key) {
            return key;
        }
    }

    @CacheConfig(cacheNames = "reads")
    static class OnlyAConfig extends Reader {}
}
