package io.psycache.spring.boot.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testkit.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** An application on this class path without Jackson, which a filtered class loader can't show: our classes see it still. */
@ExtendWith(OutputCaptureExtension.class)
class JsonLibraryMissingTests {

    @Test
    void itStopsTheStartWithWordsOnWhatToAdd(CapturedOutput output) throws Exception {
        try (TestDatabase database = TestDatabase.create();
                URLClassLoader withoutJackson = withoutJackson()) {
            Method start = withoutJackson.loadClass(Application.class.getName()).getMethod("start", String.class);
            assertThat(start.invoke(null, database.jdbcUrl())).isEqualTo("did not start");
        }
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START", "psycache needs a JSON library", "Add spring-boot-starter-json");
    }

    private static URLClassLoader withoutJackson() throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        URL[] urls = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !new File(entry).getName().startsWith("jackson-"))
                .map(JsonLibraryMissingTests::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
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
    public static class Application {

        public static String start(String jdbcUrl) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(Application.class.getClassLoader());
            try {
                new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run("--spring.datasource.url=" + jdbcUrl)
                        .close();
                return "started";
            } catch (BeanCreationException e) {
                return "did not start";
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }
}
