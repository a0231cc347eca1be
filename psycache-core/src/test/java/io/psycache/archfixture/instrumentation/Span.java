package io.psycache.archfixture.instrumentation;

public class Span {}
