package io.psycache.spring.tags;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.spring.InvalidateTags;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;

/** Where methods are looked for that have an annotation: nowhere else can one be that Spring would find. */
class MethodAnnotationsTests {

    @ParameterizedTest
    @ValueSource(
            classes = {
                OnTheClass.class,
                OnAMethod.class,
                OnAPrivateMethod.class,
                ByAnotherAnnotation.class,
                OfItsSuperclass.class,
                OfItsInterface.class,
                OfAnInterfaceOfItsSuperclass.class,
                OfAnInterfaceOfAnInterface.class
            })
    void aClassIsWorthALookForWhatItDeclaresAndInherits(Class<?> type) {
        assertThat(has(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {Nothing.class, SomethingElse.class, NothingOfItsInterface.class, Object.class, String.class})
    void aClassWithoutTheAnnotationIsNot(Class<?> type) {
        assertThat(has(type)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(classes = {Declares.class, DeclaresNot.class})
    void aProxyHasWhatItsInterfaceHas(Class<?> type) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> null);
        assertThat(has(proxy.getClass())).isEqualTo(type == Declares.class);
    }

    private static boolean has(Class<?> type) {
        return MethodAnnotations.anywhereIn(type, found -> found.isPresent(InvalidateTags.class));
    }

    @InvalidateTags("a")
    static class OnTheClass {}

    static class OnAMethod {
        void before() {}

        @InvalidateTags("a")
        void write() {}
    }

    static class OnAPrivateMethod {
        @InvalidateTags("a")
        private void write() {}
    }

    @InvalidateTags("a")
    @Retention(RetentionPolicy.RUNTIME)
    @interface Writing {}

    static class ByAnotherAnnotation {
        @Writing
        void write() {}
    }

    static class OfItsSuperclass extends OnAMethod {}

    interface Declares {
        @InvalidateTags("a")
        void write();
    }

    static class OfItsInterface implements Declares {
        @Override
        public void write() {}
    }

    static class OfAnInterfaceOfItsSuperclass extends OfItsInterface {}

    interface Extends extends Declares {}

    abstract static class OfAnInterfaceOfAnInterface implements Extends {}

    static class Nothing {
        void read() {}
    }

    static class SomethingElse {
        @Value("a")
        private String field = "a";

        @Deprecated
        String read() {
            return field;
        }
    }

    interface DeclaresNot {
        void read();
    }

    static class NothingOfItsInterface implements DeclaresNot {
        @Override
        public void read() {}
    }
}
