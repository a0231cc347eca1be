package io.psycache.benchmarks;

/** What is cached where there are very many: 100 bytes of JSON. */
record Small(int id, String text) implements Numbered {}
