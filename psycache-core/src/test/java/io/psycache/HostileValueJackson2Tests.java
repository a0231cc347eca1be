package io.psycache;

import io.psycache.codec.CacheCodec;
import io.psycache.codec.Jackson2Codec;

class HostileValueJackson2Tests extends HostileValueContract {
    @Override
    CacheCodec codec() {
        return Jackson2Codec.create();
    }
}
