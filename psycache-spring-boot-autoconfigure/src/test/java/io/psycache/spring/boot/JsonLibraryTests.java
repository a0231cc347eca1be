package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.CacheValueException;
import io.psycache.PostgresCache;
import io.psycache.codec.CacheCodec;
import io.psycache.testsupport.TestDatabase;
import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Applications on this class path without parts of Jackson, which a filtered class loader can't hide from our own classes. */
@ExtendWith(OutputCaptureExtension.class)
class JsonLibraryTests {
    private static final Predicate<String> JACKSON_3 = path("tools/jackson/");
    private static final Predicate<String> JACKSON_2 =
            path("com/fasterxml/jackson/").and(path("jackson-annotations").negate());
    private static final Predicate<String> MODULES_OF_JACKSON_2 = path("com/fasterxml/jackson/datatype/");

    private static Predicate<String> path(String part) {
        return entry -> entry.replace(File.separatorChar, '/').contains(part);
    }

    @Test
    void withoutJacksonTheStartStopsWithWordsOnWhatToAdd(CapturedOutput output) throws Exception {
        assertThat(startedWithout(path("/jackson-"), Application.class)).isEqualTo("did not start");
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START", "psycache needs a JSON library", "Add spring-boot-starter-json");
    }

    @Test
    void jackson3AloneIsEnough() throws Exception {
        assertThat(startedWithout(JACKSON_2, Application.class))
                .isEqualTo("Jackson3Codec caches 1 and 1970-01-01T00:00:00Z");
    }

    @Test
    void jackson2AloneIsEnough() throws Exception {
        assertThat(startedWithout(JACKSON_3, Application.class))
                .isEqualTo("Jackson2Codec caches 1 and 1970-01-01T00:00:00Z");
    }

    @Test
    void withoutItsModulesAMapperOfJackson2CachesWhatItCan() throws Exception {
        assertThat(startedWithout(JACKSON_3.or(MODULES_OF_JACKSON_2), ApplicationWithMapper.class))
                .startsWith("Jackson2Codec caches 1 and refuses")
                .contains("jackson-datatype-jsr310");
    }

    @Test
    void jackson2WithoutItsModulesBesideJackson3StopsNothing() throws Exception {
        assertThat(startedWithout(MODULES_OF_JACKSON_2, Application.class)).contains(" caches 1 and ");
    }

    private static String startedWithout(Predicate<String> missing, Class<?> application) throws Exception {
        try (TestDatabase database = TestDatabase.create();
                URLClassLoader classes =
                        new URLClassLoader(classPathWithout(missing), ClassLoader.getPlatformClassLoader())) {
            Method start = classes.loadClass(Start.class.getName()).getMethod("start", Class.class, String.class);
            return (String) start.invoke(null, classes.loadClass(application.getName()), database.jdbcUrl());
        }
    }

    private static URL[] classPathWithout(Predicate<String> missing) {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(missing.negate())
                .map(JsonLibraryTests::url)
                .toArray(URL[]::new);
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class ApplicationWithMapper {

        @Bean
        ObjectMapper mapper() {
            return new ObjectMapper();
        }
    }

    /** Runs by the class loader of the application, and says which codec it has and what it caches. */
    public static class Start {
        private static final Duration TTL = Duration.ofMinutes(1);

        public static String start(Class<?> application, String jdbcUrl) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(application.getClassLoader());
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
                    .web(WebApplicationType.NONE)
                    .run("--spring.datasource.url=" + jdbcUrl)) {
                PostgresCache cache = context.getBean(PostgresCache.class);
                cache.put("number", 1, TTL);
                return context.getBean(CacheCodec.class).getClass().getSimpleName() + " caches "
                        + cache.get("number", Integer.class).orElseThrow() + " and " + time(cache);
            } catch (BeanCreationException e) {
                return "did not start";
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        private static String time(PostgresCache cache) {
            try {
                cache.put("time", Instant.EPOCH, TTL);
                return cache.get("time", Instant.class).orElseThrow().toString();
            } catch (CacheValueException e) {
                return "refuses a time: " + e.getMessage();
            }
        }
    }
}
