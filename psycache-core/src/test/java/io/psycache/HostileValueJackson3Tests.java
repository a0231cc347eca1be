package io.psycache;

import io.psycache.codec.CacheCodec;
import io.psycache.codec.Jackson3Codec;

class HostileValueJackson3Tests extends HostileValueContract {
    @Override
    CacheCodec codec() {
        return Jackson3Codec.create();
    }
}
