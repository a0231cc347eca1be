package io.psycache.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Dependencies of Maven and Gradle: ours are those of this build with its version, others are among those that this module has, and
 * without a version. Files that other XML includes are on the class path.
 */
final class DependencyBlocks {
    private static final Pattern GRADLE =
            Pattern.compile("(?:implementation|runtimeOnly)\\(\"([^:\"]+):([^:\"]+)(?::([^\"]+))?\"\\)");

    private DependencyBlocks() {}

    static void checkXml(Block block) throws Exception {
        Document document = parse("<blocks>" + block.text() + "</blocks>");
        List<Element> dependencies = elements(document, "dependency");
        List<Element> includes = elements(document, "include");
        assertThat(dependencies.size() + includes.size())
                .as("%s: things to check", block)
                .isPositive();
        for (Element dependency : dependencies) {
            checkDependency(text(dependency, "groupId"), text(dependency, "artifactId"), text(dependency, "version"));
        }
        for (Element include : includes) {
            assertThat(DependencyBlocks.class.getResource("/" + include.getAttribute("file")))
                    .as(include.getAttribute("file"))
                    .isNotNull();
        }
    }

    static void checkGradle(Block block) throws Exception {
        for (String line : block.text().lines().toList()) {
            Matcher dependency = GRADLE.matcher(line);
            assertThat(dependency.matches()).as("a dependency: %s", line).isTrue();
            checkDependency(dependency.group(1), dependency.group(2), dependency.group(3));
        }
    }

    private static void checkDependency(String group, String artifact, String version) throws Exception {
        if (group.equals(Poms.GROUP)) {
            assertThat(Poms.versions()).as("modules of this build").containsEntry(artifact, version);
        } else {
            assertThat(elements(parse(Project.read("documentation-tests/pom.xml")), "dependency"))
                    .as("%s:%s is a dependency of documentation-tests/pom.xml", group, artifact)
                    .anyMatch(each -> text(each, "groupId").equals(group)
                            && text(each, "artifactId").equals(artifact));
            assertThat(version)
                    .as("Spring Boot has the version of %s", artifact)
                    .isNull();
        }
    }

    private static Document parse(String xml) throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static String text(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return nodes.getLength() == 0 ? null : nodes.item(0).getTextContent();
    }
}
