package io.psycache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The class path decides; each case runs on one of its own. */
class CacheCodecsTests {
    private static final Predicate<String> JACKSON_3 = path -> path.contains("tools" + File.separator + "jackson");
    private static final Predicate<String> JACKSON_2 =
            path -> path.matches(".*fasterxml.jackson.(core.jackson-(databind|core)|datatype|module).*");
    private static final Predicate<String> OPTIONAL = path -> path.matches(".*(hibernate|spring-data).*");

    @Test
    void jackson3ComesFirst() throws Exception {
        assertThat(encodedWithout(path -> false)).isEqualTo("Jackson3Codec [1]");
    }

    @Test
    void jackson3WorksWithoutJackson2() throws Exception {
        assertThat(encodedWithout(JACKSON_2.or(OPTIONAL))).isEqualTo("Jackson3Codec [1]");
    }

    @Test
    void jackson2WorksWithoutJackson3() throws Exception {
        assertThat(encodedWithout(JACKSON_3.or(OPTIONAL))).isEqualTo("Jackson2Codec [1]");
    }

    @Test
    void withoutJacksonTheErrorSaysWhatToAdd() {
        assertThatIllegalStateException()
                .isThrownBy(() -> encodedWithout(JACKSON_2.or(JACKSON_3)))
                .withMessageContaining("tools.jackson.core:jackson-databind");
    }

    private static String encodedWithout(Predicate<String> missing) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(classPathWithout(missing), ClassLoader.getPlatformClassLoader())) {
            Object codec = detect(loader);
            byte[] json = (byte[]) loader.loadClass(CacheCodec.class.getName())
                    .getMethod("encode", Object.class, java.lang.reflect.Type.class)
                    .invoke(codec, List.of(1), List.class);
            return codec.getClass().getSimpleName() + " " + new String(json, StandardCharsets.UTF_8);
        }
    }

    private static Object detect(ClassLoader loader) throws Exception {
        try {
            return loader.loadClass(CacheCodecs.class.getName())
                    .getMethod("detect")
                    .invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof IllegalStateException cause ? cause : e;
        }
    }

    private static URL[] classPathWithout(Predicate<String> missing) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(missing.negate())
                .map(CacheCodecsTests::url)
                .toArray(URL[]::new);
    }

    private static URL url(String path) {
        try {
            URI uri = new File(path).toURI();
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
