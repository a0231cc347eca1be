package io.psycache.spring.boot;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

/** Boot's classes that have one name in Boot 3.5 and another in Boot 4, and contexts with ours. */
public final class BootClasses {

    private BootClasses() {}

    /** A context with the auto-configuration of psycache and the one of Boot that it works beside. */
    public static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PsycacheAutoConfiguration.class, cacheAutoConfiguration()));
    }

    public static Class<?> cacheAutoConfiguration() {
        return either(
                "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration",
                "org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration");
    }

    public static Class<?> dataSourceAutoConfiguration() {
        return either(
                "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration");
    }

    /** That of {@code spring.sql.init.*}. */
    public static Class<?> sqlInitAutoConfiguration() {
        return either(
                "org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration",
                "org.springframework.boot.autoconfigure.sql.init.SqlInitializationAutoConfiguration");
    }

    private static Class<?> either(String inBoot4, String inBoot3) {
        ClassLoader classLoader = BootClasses.class.getClassLoader();
        return ClassUtils.resolveClassName(ClassUtils.isPresent(inBoot4, classLoader) ? inBoot4 : inBoot3, classLoader);
    }
}
