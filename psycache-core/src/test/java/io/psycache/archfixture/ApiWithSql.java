package io.psycache.archfixture;

class ApiWithSql {
    String sql(String table) {
        return "delete from " + table + " where key = ?";
    }
}
