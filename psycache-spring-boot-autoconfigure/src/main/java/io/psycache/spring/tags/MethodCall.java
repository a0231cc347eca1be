package io.psycache.spring.tags;

import java.lang.reflect.Method;

/** The call of a method, as expressions see it by {@code #root}. */
public final class MethodCall {
    private final Method method;
    private final Object target;
    private final Class<?> targetClass;
    private final Object[] args;

    public MethodCall(Method method, Object target, Class<?> targetClass, Object[] args) {
        this.method = method;
        this.target = target;
        this.targetClass = targetClass;
        this.args = args;
    }

    public Method getMethod() {
        return method;
    }

    public String getMethodName() {
        return method.getName();
    }

    public Object getTarget() {
        return target;
    }

    public Class<?> getTargetClass() {
        return targetClass;
    }

    public Object[] getArgs() {
        return args;
    }
}
