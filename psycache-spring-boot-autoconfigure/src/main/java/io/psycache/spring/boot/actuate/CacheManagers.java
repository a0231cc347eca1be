package io.psycache.spring.boot.actuate;

import io.psycache.spring.PostgresCacheManager;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** The managers of the application by the names of their beans, also those that another library wraps afterwards. */
public final class CacheManagers implements BeanPostProcessor {
    private final Map<String, PostgresCacheManager> managers = new ConcurrentSkipListMap<>();

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof PostgresCacheManager manager) {
            managers.put(beanName, manager);
        }
        return bean;
    }

    Map<String, PostgresCacheManager> byName() {
        return managers;
    }
}
