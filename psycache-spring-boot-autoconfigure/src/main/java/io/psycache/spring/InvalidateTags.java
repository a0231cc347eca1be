package io.psycache.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Invalidates tags when a method of a bean has returned: every entry that carries one of them, of whatever cache, and every load
 * in flight of one. If the method throws, nothing is invalidated.
 *
 * <p>It is the innermost advice, so within the transaction of a {@code @Transactional} method: the invalidation commits or rolls
 * back with the data. An invalidation that fails is an error of the method's caller.
 *
 * <p>A {@code CompletableFuture}, {@code Mono} or {@code Flux} invalidates when it completes without an error, in the transaction
 * of the thread that completes it, if there is one. The thread of a reactive type that must not block hands over to Reactor's
 * bounded elastic scheduler.
 *
 * <p>A load of the method's own caller that is in flight is fenced as any other. So {@code @Cacheable} and, outside a transaction,
 * {@code @CachePut} on the same method do not cache what carries one of the tags.
 *
 * <p>It needs an {@link io.psycache.spring.advice.InvalidateTagsConfigurer}, which the starter brings. Like all advice of proxies it is not applied to calls
 * within the bean.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Reflective
public @interface InvalidateTags {

    /**
     * Templates of tags, as those of {@link CacheTags#value()}. One that can't be parsed, or names a variable that is not there,
     * fails the start of the bean; one that can't be evaluated fails the call.
     */
    String[] value();

    /** SpEL expression, without {@code #{}}, which must be true for an invalidation; by default there is no condition. */
    String condition() default "";

    /**
     * Whether to invalidate before the method runs, and whatever becomes of it; {@code #result} is not there then. A transaction
     * of the method's own is there already, and its rollback undoes the invalidation.
     */
    boolean beforeInvocation() default false;
}
