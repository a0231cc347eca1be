package io.psycache.archfixture;

import javax.sql.DataSource;

record ApiThatOnlyNamesTheDataSource(DataSource dataSource) {}
