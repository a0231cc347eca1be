package io.psycache.spring.advice;

import io.psycache.PostgresCache;
import io.psycache.spring.InvalidateTags;
import io.psycache.spring.tags.DeclaredTags;
import io.psycache.spring.tags.DeclaredTags.Declaration;
import io.psycache.spring.tags.MethodAnnotations;
import io.psycache.spring.tags.MethodCall;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.util.function.SingletonSupplier;

/**
 * Invalidates tags before or after the methods with {@link InvalidateTags}. A failure is the caller's to know. It asks for the cache
 * only when the first of them is called.
 */
final class InvalidateTagsAdvisor extends DefaultPointcutAdvisor implements BeanFactoryAware {

    @Override
    public void setBeanFactory(BeanFactory beans) {
        DeclaredTags invalidations = new DeclaredTags(InvalidateTags.class, beans);
        setPointcut(new Annotated(invalidations));
        setAdvice(new Interceptor(invalidations, SingletonSupplier.of(() -> beans.getBean(PostgresCache.class))));
    }

    private static final class Annotated extends StaticMethodMatcherPointcut {
        private final DeclaredTags invalidations;

        private Annotated(DeclaredTags invalidations) {
            this.invalidations = invalidations;
            setClassFilter(type -> MethodAnnotations.anywhereIn(type, found -> found.isPresent(InvalidateTags.class)));
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return invalidations.of(method, targetClass) != null;
        }
    }

    private record Interceptor(DeclaredTags invalidations, Supplier<PostgresCache> cache) implements MethodInterceptor {

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            Object target = Objects.requireNonNull(invocation.getThis(), "a bean's method has a target");
            Class<?> targetClass = AopProxyUtils.ultimateTargetClass(target);
            MethodCall call = new MethodCall(invocation.getMethod(), target, targetClass, invocation.getArguments());
            Declaration declared = invalidations.of(call.method(), targetClass);
            if (declared == null) {
                return invocation.proceed();
            }
            if (declared.isBeforeInvocation()) {
                invalidate(declared, call, null);
                return invocation.proceed();
            }
            return Completion.of(invocation.proceed(), result -> invalidate(declared, call, result));
        }

        private void invalidate(Declaration declared, MethodCall call, @Nullable Object result) {
            List<String> tags = declared.tags(call, result);
            if (!tags.isEmpty()) {
                cache.get().invalidateTags(tags.toArray(String[]::new));
            }
        }
    }
}
