package io.psycache.spring.boot.actuate;

import io.psycache.spring.PostgresCacheManager;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** The managers of the application by the names of their beans, also those that another library wraps afterwards. */
public final class CacheManagers implements BeanPostProcessor {
    private final Map<String, PostgresCacheManager> managers = Collections.synchronizedMap(new TreeMap<>());

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof PostgresCacheManager manager) {
            managers.put(beanName, manager);
        }
        return bean;
    }

    Map<String, PostgresCacheManager> byName() {
        synchronized (managers) {
            return new TreeMap<>(managers);
        }
    }
}
