package io.psycache;

import org.jspecify.annotations.Nullable;

/** A load of a key as something. Keys are shared by all views, but not what they are read as. */
record Flight(String key, @Nullable Object readAs, ShownKeys keys) {

    static Flight of(Load load) {
        return new Flight(load.key(), load.kind(), load.view().keys());
    }

    @Override
    public String toString() {
        return keys.of(key);
    }
}
