import java.nio.file.Path;
import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

/** Solr in its own Jetty on 127.0.0.1, with keep-alive, until its standard input ends. SolrPeer HOME PORT */
public final class SolrPeer {
  public static void main(String[] args) throws Exception {
    JettyConfig config = JettyConfig.builder().setPort(Integer.parseInt(args[1])).setContext("/solr").build();
    JettySolrRunner jetty = new JettySolrRunner(Path.of(args[0]).toAbsolutePath().toString(), config);
    jetty.start();
    while (System.in.read() >= 0) continue;
    jetty.stop();
  }
}
