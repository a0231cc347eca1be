package org.springframework.samples;

import io.psycache.spring.InvalidateTags;

public class Owners {

    @InvalidateTags("user:#{#id}")
    public void save(long id) {}
}
