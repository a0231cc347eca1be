package io.psycache.spring.tags;

import java.lang.reflect.Method;

/** The call of a method, as expressions see it by {@code #root}. */
public record MethodCall(Method method, Object target, Class<?> targetClass, Object[] args) {

    public String methodName() {
        return method.getName();
    }
}
