package io.psycache.spring.advice;

import io.psycache.PostgresCache;
import io.psycache.spring.InvalidateTags;
import io.psycache.spring.tags.MethodAnnotations;
import io.psycache.spring.tags.TagInvalidations;
import java.lang.reflect.Method;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.util.function.SingletonSupplier;

/** Advisor of the methods with {@link InvalidateTags}. It asks for the cache only when the first of them is called. */
final class InvalidateTagsAdvisor extends DefaultPointcutAdvisor implements BeanFactoryAware {

    @Override
    public void setBeanFactory(BeanFactory beans) {
        TagInvalidations invalidations = new TagInvalidations(beans);
        setPointcut(new Annotated(invalidations));
        setAdvice(new InvalidateTagsInterceptor(
                invalidations, SingletonSupplier.of(() -> beans.getBean(PostgresCache.class))));
    }

    private static final class Annotated extends StaticMethodMatcherPointcut {
        private final TagInvalidations invalidations;

        private Annotated(TagInvalidations invalidations) {
            this.invalidations = invalidations;
            setClassFilter(type -> MethodAnnotations.anywhereIn(type, found -> found.isPresent(InvalidateTags.class)));
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return invalidations.of(method, targetClass) != null;
        }
    }
}
