package io.psycache.spring.archfixture.store;

public class Rows {}
