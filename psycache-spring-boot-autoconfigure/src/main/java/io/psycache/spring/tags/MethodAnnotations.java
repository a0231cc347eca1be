package io.psycache.spring.tags;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Looks for annotations of methods where Spring looks for its own: the method that runs, its class, then the interface's. */
public final class MethodAnnotations {

    private MethodAnnotations() {}

    /**
     * Whether methods of {@code targetClass} are worth a look: it, or what it extends or implements, or one of their methods has an
     * annotation that is asked for. It looks at each method once, not once for each class that may override it.
     */
    public static boolean anywhereIn(Class<?> targetClass, Predicate<MergedAnnotations> wanted) {
        if (targetClass.getName().startsWith("java.")) {
            return false;
        }
        if (wanted.test(MergedAnnotations.from(targetClass))) {
            return true;
        }
        for (Method method : ReflectionUtils.getDeclaredMethods(targetClass)) {
            if (!method.isBridge() && wanted.test(MergedAnnotations.from(method))) { // what it bridges is here, too
                return true;
            }
        }
        for (Class<?> type : targetClass.getInterfaces()) {
            if (anywhereIn(type, wanted)) {
                return true;
            }
        }
        Class<?> parent = targetClass.getSuperclass();
        return parent != null && anywhereIn(parent, wanted);
    }

    public static <A extends Annotation> @Nullable A find(Method method, Class<?> targetClass, Class<A> type) {
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
