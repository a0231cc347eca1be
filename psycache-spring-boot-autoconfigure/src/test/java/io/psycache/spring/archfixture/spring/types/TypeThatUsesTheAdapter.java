package io.psycache.spring.archfixture.spring.types;

import io.psycache.spring.archfixture.spring.AdapterThatKnowsBoot;

class TypeThatUsesTheAdapter {
    Class<?> adapter = AdapterThatKnowsBoot.class;
}
