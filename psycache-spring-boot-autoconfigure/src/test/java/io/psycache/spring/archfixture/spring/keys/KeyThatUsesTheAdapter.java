package io.psycache.spring.archfixture.spring.keys;

import io.psycache.spring.archfixture.spring.AdapterThatKnowsBoot;

class KeyThatUsesTheAdapter {
    Class<?> adapter = AdapterThatKnowsBoot.class;
}
