import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.FacetResult;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;

/**
 * Lucene as its documentation advises for speed: mapped files, one segment, points with doc values for ranges, doc values for
 * order and facets. Total hits are exact, as aisle's are. build PRODUCTS.tsv INDEX | serve INDEX WORKLOAD.tsv (commands on
 * standard input, see tests/bench/peers/README.md).
 */
public final class LucenePeer {
  private static final String TITLE = "title";
  private static final int FUZZY_EXPANSIONS = Integer.getInteger("peer.fuzzyExpansions", 64);

  static FacetsConfig facetsConfig() {
    return new FacetsConfig();
  }

  /** One question of the workload; see peer_files.py for the columns. */
  record Ask(String cls, String[] words, boolean prefix, int[] edits, long low, long high, boolean inStock, String category,
      String[] facets, String sort, boolean descending, int fallback, int k) {
    static Ask parse(String line) {
      String[] c = line.split("\t", -1);
      String[] edits = c[3].isEmpty() ? new String[0] : c[3].split(",");
      int[] numbers = new int[edits.length];
      for (int i = 0; i < edits.length; i++) numbers[i] = Integer.parseInt(edits[i]);
      return new Ask(c[0], c[1].isEmpty() ? new String[0] : c[1].split(" "), c[2].equals("1"), numbers, Long.parseLong(c[4]),
          Long.parseLong(c[5]), c[6].equals("1"), c[7], c[8].isEmpty() ? new String[0] : c[8].split(","), c[9],
          c[10].equals("1"), Integer.parseInt(c[11]), Integer.parseInt(c[12]));
    }
  }

  static void build(Path products, Path index) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    config.setRAMBufferSizeMB(512);
    FacetsConfig facets = facetsConfig();
    try (IndexWriter writer = new IndexWriter(new MMapDirectory(index), config);
        BufferedReader lines = Files.newBufferedReader(products)) {
      for (String line; (line = lines.readLine()) != null; ) {
        String[] c = line.split("\t", -1);
        Document document = new Document();
        document.add(new StringField("id", c[0], Field.Store.YES));
        document.add(new TextField(TITLE, c[10], Field.Store.NO));
        document.add(new StoredField("record", c[11]));
        document.add(new SortedSetDocValuesFacetField("brand", c[2]));
        document.add(new SortedSetDocValuesFacetField("category", c[3]));
        document.add(new SortedSetDocValuesFacetField("colour", c[4]));
        document.add(new SortedSetDocValuesFacetField("source", c[5]));
        document.add(new StringField("category_is", c[3], Field.Store.NO));
        number(document, "price", Long.parseLong(c[6]));
        number(document, "rating", Long.parseLong(c[7]));
        document.add(new StringField("in_stock", c[8], Field.Store.NO));
        number(document, "sold", Long.parseLong(c[9]));
        writer.addDocument(facets.build(document));
      }
      writer.forceMerge(1);
      writer.commit();
    }
  }

  private static void number(Document document, String field, long value) {
    document.add(new LongPoint(field, value));
    document.add(new NumericDocValuesField(field, value));
  }

  static Query words(Ask ask, boolean fuzzy) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    if (ask.words.length == 0) all.add(new MatchAllDocsQuery(), BooleanClause.Occur.FILTER);
    for (int i = 0; i < ask.words.length; i++) {
      Term term = new Term(TITLE, ask.words[i]);
      Query one = fuzzy && ask.edits[i] > 0 ? new FuzzyQuery(term, ask.edits[i], 1, FUZZY_EXPANSIONS, true) : new TermQuery(term);
      if (ask.prefix && i + 1 == ask.words.length) {
        Query beginning = new PrefixQuery(term);
        one = fuzzy && ask.edits[i] > 0
            ? new BooleanQuery.Builder().add(one, BooleanClause.Occur.SHOULD).add(beginning, BooleanClause.Occur.SHOULD).build()
            : beginning;
      }
      all.add(one, BooleanClause.Occur.MUST);
    }
    if (ask.high > 0) {
      all.add(new IndexOrDocValuesQuery(LongPoint.newRangeQuery("price", ask.low, ask.high),
          SortedNumericDocValuesField.newSlowRangeQuery("price", ask.low, ask.high)), BooleanClause.Occur.FILTER);
    }
    if (ask.inStock) all.add(new TermQuery(new Term("in_stock", "1")), BooleanClause.Occur.FILTER);
    if (!ask.category.isEmpty()) all.add(new TermQuery(new Term("category_is", ask.category)), BooleanClause.Occur.FILTER);
    return all.build();
  }

  static Found ask(Lucene lucene, Ask ask) throws IOException {
    Sort sort = ask.sort.isEmpty() ? null
        : new Sort(new SortField(ask.sort, SortField.Type.LONG, ask.descending), SortField.FIELD_DOC);
    boolean straight = ask.fallback == 0;
    Found found = lucene.search(words(ask, straight && fuzzy(ask)), ask.k, sort, ask.facets);
    if (!straight && found.total < ask.fallback && fuzzy(ask)) found = lucene.search(words(ask, true), ask.k, sort, ask.facets);
    return found;
  }

  private static boolean fuzzy(Ask ask) {
    for (int edits : ask.edits) if (edits > 0) return true;
    return false;
  }

  /** What one search found: the products with their stored records, and counted values. */
  static final class Found {
    long total;
    List<String> ids = new ArrayList<>();
    List<String> records = new ArrayList<>();
    List<FacetResult> facets = new ArrayList<>();
  }

  static String answer(Found found, Ask ask) {
    StringBuilder out = new StringBuilder("{\"total\":").append(found.total).append(",\"ids\":[");
    for (int i = 0; i < found.ids.size(); i++) out.append(i == 0 ? "\"" : ",\"").append(found.ids.get(i)).append('"');
    out.append("],\"facets\":{");
    for (int i = 0; i < found.facets.size(); i++) {
      out.append(i == 0 ? "\"" : ",\"").append(ask.facets[i]).append("\":[");
      FacetResult facet = found.facets.get(i);
      for (int j = 0; facet != null && j < facet.labelValues.length; j++) {
        LabelAndValue value = facet.labelValues[j];
        out.append(j == 0 ? "[\"" : ",[\"").append(value.label.replace("\\", "\\\\").replace("\"", "\\\"")).append("\",")
            .append(value.value.longValue()).append(']');
      }
      out.append(']');
    }
    return out.append("}}").toString();
  }

  static void serve(Path index, Path workload) throws IOException {
    List<Ask> asks = new ArrayList<>();
    for (String line : Files.readAllLines(workload)) asks.add(Ask.parse(line));
    try (DirectoryReader reader = DirectoryReader.open(new MMapDirectory(index))) {
      Lucene lucene = new Lucene(reader, facetsConfig());
      long bytes = 0;
      try (var files = Files.list(index)) {
        for (Path file : (Iterable<Path>) files::iterator) bytes += Files.size(file);
      }
      System.gc();
      long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      System.out.println("{\"engine\":\"Lucene " + org.apache.lucene.util.Version.LATEST + "\",\"products\":" + reader.numDocs()
          + ",\"index_bytes\":" + bytes + ",\"heap_bytes\":" + heap + "}");
      BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line; (line = commands.readLine()) != null; ) command(lucene, asks, line.split(" "));
    }
  }

  private static void command(Lucene lucene, List<Ask> asks, String[] command) throws IOException {
    boolean timed = command[0].equals("round");
    long deadline = command.length > 2 ? System.nanoTime() + (long) (Double.parseDouble(command[2]) * 1e9) : Long.MAX_VALUE;
    StringBuilder ms = new StringBuilder();
    StringBuilder totals = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (Ask ask : asks) {
      if (!ask.cls.equals(command[1])) continue;
      long begin = System.nanoTime();
      if (begin > deadline) break;
      Found found = ask(lucene, ask);
      String comma = totals.length() == 0 ? "" : ",";
      ms.append(comma).append((System.nanoTime() - begin) / 1e6);
      totals.append(comma).append(found.total);
      if (!timed) answers.append(comma).append(answer(found, ask));
    }
    System.out.println("{\"class\":\"" + command[1] + "\"," + (timed ? "\"ms\":[" + ms + "],\"totals\":[" + totals + "]"
        : "\"answers\":[" + answers + "]") + "}");
    System.out.flush();
  }

  public static void main(String[] args) throws IOException {
    if (args[0].equals("build")) build(Path.of(args[1]), Path.of(args[2]));
    else serve(Path.of(args[1]), Path.of(args[2]));
  }
}
