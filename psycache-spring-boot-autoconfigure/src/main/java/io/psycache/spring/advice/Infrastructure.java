package io.psycache.spring.advice;

import java.util.function.Supplier;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;

/** Beans that a configurer adds to the application's. */
final class Infrastructure {

    private Infrastructure() {}

    /**
     * Ahead of time no code is made of it: the configurer runs at start there too and adds it once more, which keeps the order in
     * which advisors are registered.
     */
    static <T> BeanDefinition bean(Class<T> type, Supplier<T> maker) {
        RootBeanDefinition definition = new RootBeanDefinition(type, maker);
        definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        definition.setAutowireCandidate(false); // the application's bean is to stay the one of its type
        definition.setAttribute(BeanRegistrationAotProcessor.IGNORE_REGISTRATION_ATTRIBUTE, true);
        return definition;
    }
}
