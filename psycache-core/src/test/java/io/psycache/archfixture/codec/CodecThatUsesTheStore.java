package io.psycache.archfixture.codec;

import io.psycache.archfixture.store.Rows;

class CodecThatUsesTheStore {
    Rows rows = new Rows();
}
