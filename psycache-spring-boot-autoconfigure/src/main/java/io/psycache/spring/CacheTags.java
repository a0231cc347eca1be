package io.psycache.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Tags of what {@code @Cacheable} and {@code @CachePut} store for a method, in each of its caches. {@link InvalidateTags} or
 * {@link io.psycache.PostgresCache#invalidateTags} invalidates every entry that carries a tag, of whatever cache, and every load
 * in flight of one.
 *
 * <pre>{@code
 * @Cacheable("orders")
 * @CacheTags({"customer:#{#customerId}", "#{#result.!['product:' + productId]}"})
 * public List<Order> orders(long customerId) { ... }
 * }</pre>
 *
 * <p>On a class it is about the methods that have none of their own. As Spring's own annotations it may be on an interface, and
 * on annotations. It needs a {@link io.psycache.spring.advice.DeclaredTypeCacheConfigurer}, which the starter brings, and is
 * ignored by other caches than those of {@link PostgresCacheManager}.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Reflective
public @interface CacheTags {

    /**
     * Templates: text with SpEL expressions in <code>#{...}</code>. They see what those of Spring's caching see: the arguments by name
     * ({@code #id}), {@code #a0} or {@code #p0}; {@code #result}, out of its {@code Optional}, {@code Mono} or {@code
     * CompletableFuture}, and a {@code Flux} as a list; {@code #root.method}, {@code methodName}, {@code target}, {@code
     * targetClass}, {@code args}; beans as {@code @name}.
     *
     * <p>A template that is one expression may give any number of tags, as an iterable or an array; null gives none. Within text
     * an expression must be one value and not null: {@code "user:"} is a tag that nobody invalidates.
     *
     * <p>A template that can't be parsed, or names a variable that is not there, fails the first call of the method. A value whose
     * tags can't be computed is not cached, and the log says why: with fewer tags it would survive its invalidation.
     */
    String[] value();
}
