import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Indexes and searches with Lucene as a program of its own would.
 *
 * <pre>Lucene index ARTICLES.jsonl FOLDER THREADS
 * Lucene search FOLDER QUERY [TAG SINCE UNTIL]
 * Lucene facets FOLDER QUERY</pre>
 *
 * One stemmed field holds title and body, with positions; everything is stored. Without a list of common words, as the
 * other programs.
 */
public final class Lucene {
    private static final int HITS = 10;
    private static final double BUFFER_MB = 256;

    public static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "index" -> index(Path.of(words[1]), Path.of(words[2]), Integer.parseInt(words[3]));
            case "search" -> search(words);
            case "facets" -> facets(words);
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static Analyzer analyzer() {
        return new EnglishAnalyzer(CharArraySet.EMPTY_SET);
    }

    private static void index(Path articles, Path folder, int threads) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(analyzer()).setRAMBufferSizeMB(BUFFER_MB);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (BufferedReader lines = Files.newBufferedReader(articles);
                IndexWriter writer = new IndexWriter(FSDirectory.open(folder), config)) {
            Callable<Void> adding = () -> add(lines, writer);
            List<Future<Void>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                running.add(pool.submit(adding));
            }
            for (Future<Void> one : running) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    private static Void add(BufferedReader lines, IndexWriter writer) throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            writer.addDocument(document(json.readTree(line)));
        }
        return null;
    }

    private static Document document(JsonNode article) {
        Document document = new Document();
        String title = article.get("title").asText();
        String body = article.get("body").asText();
        document.add(new TextField("text", title + "\n\n" + body, Field.Store.NO));
        document.add(new StoredField("title", title));
        document.add(new StoredField("body", body));
        document.add(new StringField("id", article.get("id").asText(), Field.Store.YES));
        document.add(new StoredField("url", article.get("url").asText()));
        article.get("authors").forEach(author -> keyword(document, "author", author.asText()));
        article.get("tags").forEach(tag -> keyword(document, "tag", tag.asText()));
        String date = article.get("date").asText();
        if (!date.isEmpty()) {
            keyword(document, "date", date);
            document.add(new SortedSetDocValuesField("month", bytes(date.substring(0, 7))));
        }
        return document;
    }

    private static void keyword(Document document, String name, String value) {
        document.add(new StringField(name, value, Field.Store.YES));
        document.add(new SortedSetDocValuesField(name, bytes(value)));
    }

    private static BytesRef bytes(String value) {
        return new BytesRef(value);
    }

    private static void search(String[] words) throws Exception {
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(Path.of(words[1])))) {
            IndexSearcher searcher = new IndexSearcher(reader);
            Query query = parsed(words[2]);
            if (words.length > 3) {
                query = narrowed(query, words[3], words[4], words[5]);
            }
            System.out.println(searcher.count(query));
            print(searcher, searcher.search(query, HITS).scoreDocs);
        }
    }

    private static Query parsed(String words) throws Exception {
        QueryParser parser = new QueryParser("text", analyzer());
        parser.setDefaultOperator(QueryParser.Operator.AND);
        return parser.parse(words);
    }

    private static Query narrowed(Query query, String tag, String since, String until) {
        return new BooleanQuery.Builder()
                .add(query, Occur.MUST)
                .add(new TermQuery(new Term("tag", tag)), Occur.FILTER)
                .add(SortedSetDocValuesField.newSlowRangeQuery("date", bytes(since), bytes(until), true, true), Occur.FILTER)
                .build();
    }

    private static void print(IndexSearcher searcher, ScoreDoc[] hits) throws IOException {
        for (ScoreDoc hit : hits) {
            System.out.println(searcher.storedFields().document(hit.doc, Set.of("title")).get("title"));
        }
    }

    private static void facets(String[] words) throws Exception {
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(Path.of(words[1])))) {
            IndexSearcher searcher = new IndexSearcher(reader);
            TopScoreDocCollector top = TopScoreDocCollector.create(HITS, Integer.MAX_VALUE);
            Table tags = new Table("tag");
            Table months = new Table("month");
            searcher.search(parsed(words[2]), MultiCollector.wrap(top, tags, months));
            System.out.println(top.topDocs().totalHits.value);
            print(searcher, top.topDocs().scoreDocs);
            tags.print(HITS);
            months.print(Integer.MAX_VALUE);
        }
    }

    /** Counts the values of a column, by ordinals within a segment and by value across them. */
    private static final class Table extends SimpleCollector {
        private final String field;
        private final Map<String, Integer> totals = new HashMap<>();
        private SortedSetDocValues values;
        private int[] counts = {};

        Table(String field) {
            this.field = field;
        }

        @Override
        protected void doSetNextReader(LeafReaderContext context) throws IOException {
            addSegment();
            values = DocValues.getSortedSet(context.reader(), field);
            counts = new int[(int) values.getValueCount()];
        }

        @Override
        public void collect(int doc) throws IOException {
            if (values.advanceExact(doc)) {
                for (int value = 0; value < values.docValueCount(); value++) {
                    counts[(int) values.nextOrd()]++;
                }
            }
        }

        private void addSegment() throws IOException {
            for (int ord = 0; ord < counts.length; ord++) {
                if (counts[ord] > 0) {
                    totals.merge(values.lookupOrd(ord).utf8ToString(), counts[ord], Integer::sum);
                }
            }
            counts = new int[0];
        }

        @Override
        public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
        }

        void print(int limit) throws IOException {
            addSegment();
            totals.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                    .limit(limit)
                    .forEach(entry -> System.out.println(entry.getKey() + "\t" + entry.getValue()));
        }
    }
}
