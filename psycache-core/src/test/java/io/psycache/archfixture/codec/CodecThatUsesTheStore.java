package io.psycache.archfixture.codec;

import io.psycache.archfixture.internal.store.Rows;

class CodecThatUsesTheStore {
    Rows rows = new Rows();
}
