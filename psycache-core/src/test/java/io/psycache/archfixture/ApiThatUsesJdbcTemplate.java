package io.psycache.archfixture;

import org.springframework.jdbc.core.JdbcTemplate;

record ApiThatUsesJdbcTemplate(JdbcTemplate template) {}
