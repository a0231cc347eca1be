package io.psycache.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Looks for an annotation of a method where Spring looks for its own: the method that runs, its class, then the interface's. */
final class MethodAnnotations {

    private MethodAnnotations() {}

    static <A extends Annotation> @Nullable A find(Method method, Class<?> targetClass, Class<A> type) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        A found = declared(specific, type);
        return found != null || specific.equals(method) ? found : declared(method, type);
    }

    private static <A extends Annotation> @Nullable A declared(Method method, Class<A> type) {
        A found = AnnotatedElementUtils.findMergedAnnotation(method, type);
        return found != null || !isOneOfItsClass(method)
                ? found
                : AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), type);
    }

    /** Whether what is said of the class is said of the method. */
    private static boolean isOneOfItsClass(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && ClassUtils.isUserLevelMethod(method)
                && !ReflectionUtils.isObjectMethod(method);
    }
}
