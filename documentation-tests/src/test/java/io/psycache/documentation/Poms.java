package io.psycache.documentation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The modules of this build. */
final class Poms {
    static final String GROUP = "io.psycache";

    private static final Document ROOT = document("pom.xml");
    private static final String VERSION = text(ROOT, "/project/version");

    private Poms() {}

    /** The version by artifact. */
    static Map<String, String> versions() {
        NodeList modules = ROOT.getElementsByTagName("module");
        return IntStream.range(0, modules.getLength())
                .mapToObj(i -> artifact(modules.item(i).getTextContent()))
                .collect(Collectors.toMap(artifact -> artifact, artifact -> VERSION));
    }

    private static String artifact(String folder) {
        return text(document(folder + "/pom.xml"), "/project/artifactId");
    }

    /** The jar that a module builds, as a path from the project's folder; empty where there is no such module. */
    static Optional<String> jar(String folder) {
        if (!isModule(folder)) {
            return Optional.empty();
        }
        String name = text(document(folder + "/pom.xml"), "/project/build/finalName");
        return Optional.of(folder + "/target/" + (name.isEmpty() ? artifact(folder) + "-" + VERSION : name) + ".jar");
    }

    static boolean isModule(String folder) {
        return Project.has(folder + "/pom.xml");
    }

    static boolean hasProfile(String name) {
        return !text(ROOT, "//profile/id[. = '" + name + "']").isEmpty();
    }

    /** Whether there is a plugin whose goals are called {@code prefix:goal}. */
    static boolean hasPlugin(String prefix) {
        return List.of(prefix + "-maven-plugin", "maven-" + prefix + "-plugin").stream()
                .anyMatch(name ->
                        !text(ROOT, "//plugin/artifactId[. = '" + name + "']").isEmpty());
    }

    private static Document document(String pom) {
        try {
            Path file = Project.ROOT.resolve(pom);
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } catch (Exception e) {
            throw new IllegalStateException(pom, e);
        }
    }

    private static String text(Document document, String path) {
        XPath xpath = XPathFactory.newInstance().newXPath();
        try {
            return xpath.evaluate(path, document).strip();
        } catch (XPathExpressionException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
