package io.psycache.spring.archfixture.internal.store;

public class Rows {}
