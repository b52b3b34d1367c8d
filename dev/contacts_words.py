# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Words of the contact generator: names, towns, streets, trades. Data only.

Common words come first in each list: the generator favours the front. Towns are ``zip name``, a
town of several zips (districts) is named once per zip, so it is drawn more often.
"""


def _words(text: str) -> tuple[str, ...]:
    """Split a comma-separated text over several lines into its words."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _lines(text: str) -> tuple[str, ...]:
    """Split a text into its lines."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


COLUMNS = _words("""
    reference, is_company, name, company_reference, function, email, phone, street, street2, zip,
    city, country_code, lang, birthdate, category, active, comment
""")

# === PEOPLE === #

# (first year of birth, last year of birth, weight), men, women
GENERATIONS = (
    (
        (1934, 1949, 12),
        _words("""
            Jean, Michel, Pierre, André, Jacques, Claude, Bernard, René, Roger, Marcel, Robert,
            Georges, Henri, Louis, Gérard, Maurice, Raymond, Lucien, Yves, Guy, Jean-Claude,
            Joseph, Fernand, Gilbert, Eugène, Émile, Hervé, François, Jean-Baptiste, Yvon
        """),
        _words("""
            Monique, Jacqueline, Marie, Jeannine, Denise, Françoise, Nicole, Yvette, Simone,
            Paulette, Colette, Ginette, Thérèse, Marie-Thérèse, Huguette, Odette, Madeleine,
            Suzanne, Andrée, Solange, Anne-Marie, Bernadette, Hélène, Éliane, Marie-Josèphe
        """),
    ),
    (
        (1950, 1964, 25),
        _words("""
            Philippe, Patrick, Alain, Michel, Christian, Daniel, Bernard, Dominique, Gilles, Serge,
            Jean-Pierre, Didier, Pascal, Jean-Luc, Jean-Marc, Marc, Thierry, Joël, Denis, Noël,
            Jean-Yves, Loïc, Yannick, Hubert, Bruno, Régis, Jean-François, Rémy, Gérald, Ronan
        """),
        _words("""
            Martine, Catherine, Brigitte, Chantal, Sylvie, Christine, Françoise, Nicole, Annie,
            Dominique, Isabelle, Évelyne, Danielle, Michèle, Corinne, Véronique, Marie-Christine,
            Josiane, Ghislaine, Maryvonne, Annick, Élisabeth, Agnès, Béatrice, Joëlle, Marie-Noëlle
        """),
    ),
    (
        (1965, 1979, 30),
        _words("""
            Christophe, Stéphane, Laurent, Frédéric, Olivier, Éric, David, Sébastien, Nicolas,
            Jérôme, Franck, Fabrice, Cédric, Vincent, Arnaud, Emmanuel, Grégory, Gaël, Erwan,
            Ludovic, Mickaël, Raphaël, Samuel, Yann, Gwenaël, Karim, Rachid, Bertrand, Tanguy,
            Pierre-Yves, Benoît, José, Jean-Christophe, Xavier, Mohamed, Stefan, Régis
        """),
        _words("""
            Nathalie, Isabelle, Sandrine, Valérie, Stéphanie, Céline, Sophie, Virginie, Karine,
            Delphine, Christelle, Laurence, Florence, Anne, Séverine, Frédérique, Hélène, Cécile,
            Gwenaëlle, Anne-Sophie, Marie-Laure, Géraldine, Gaëlle, Magali, Soizic, Nadège, Fatima,
            Anne-Laure, Rozenn, Aude, Angélique, Maud, Sabine, Nadia, Estelle, Noëlle, Armelle
        """),
    ),
    (
        (1980, 1994, 24),
        _words("""
            Julien, Thomas, Guillaume, Romain, Maxime, Alexandre, Anthony, Kévin, Clément, Benjamin,
            Jérémy, Mathieu, Florian, Rémi, Aurélien, Adrien, Damien, Quentin, Loïc, Yoann, Malo,
            Mehdi, Gwendal, Pierre-Louis, Jonathan, Baptiste, Simon, Mathéo, Amaury, Ewen, Yohan,
            Timothée, Cyril, Ibrahima, Thibault, Youssef, Joris, Corentin, Alban
        """),
        _words("""
            Julie, Laura, Camille, Marion, Émilie, Élodie, Aurélie, Mélanie, Pauline, Marine, Anaïs,
            Charlotte, Mathilde, Amélie, Claire, Justine, Maëlle, Solène, Marie-Charlotte, Audrey,
            Noémie, Enora, Aïcha, Gwenola, Lucie, Bérénice, Clémence, Laëtitia, Anne-Lise, Morgane,
            Élise, Nolwenn, Sarah, Héloïse, Fanny, Yasmine, Jennifer, Tiphaine, Blandine, Aminata
        """),
    ),
    (
        (1995, 2007, 9),
        _words("""
            Lucas, Hugo, Théo, Enzo, Louis, Nathan, Mathis, Léo, Gabriel, Tom, Arthur, Jules, Noé,
            Titouan, Raphaël, Maël, Ethan, Evan, Axel, Sacha, Elouan, Gaspard, Rayan, Timéo, Côme,
            Anatole, Loan, Ismaël, Malo, Léon
        """),
        _words("""
            Léa, Emma, Manon, Chloé, Inès, Zoé, Jade, Louise, Lola, Océane, Clara, Romane, Ambre,
            Maëlys, Lilou, Eva, Lina, Juliette, Élise, Margaux, Apolline, Naëlle, Anaëlle, Garance,
            Lou-Ann, Rose, Capucine, Salomé, Assia, Lison, Agathe
        """),
    ),
)

SURNAMES = _words("""
    Martin, Bernard, Thomas, Petit, Robert, Richard, Durand, Dubois, Moreau, Laurent, Simon, Michel,
    Lefèvre, Lefebvre, Leroy, Roux, David, Bertrand, Morel, Fournier, Girard, Bonnet, Dupont,
    Lambert, Fontaine, Rousseau, Vincent, Muller, Faure, André, Mercier, Blanc, Guérin, Boyer,
    Garnier, Chevalier, François, Legrand, Gauthier, Gautier, Garcia, Perrin, Robin, Clément, Morin,
    Nicolas, Henry, Roussel, Mathieu, Gaillard, Fernandez, Duval, Joly, Roger, Roche, Roy, Noël,
    Meyer, Lucas, Meunier, Jean, Perez, Marchand, Dufour, Blanchard, Marie, Barbier, Brun, Dumas,
    Brunet, Schmitt, Leroux, Colas, Fernandes, Pierre, Renard, Arnaud, Rolland, Caron, Aubert,
    Giraud, Leclerc, Leclercq, Vidal, Bourgeois, Renaud, Lemoine, Picard, Gaudin, Philippe, Lecomte,
    Lacroix, Dupuis, Fleury, Menard, Ménard, Bouvier, Pons, Hubert, Marty, Baron, Rey, Berger,
    Besson, Colin, Boucher, Carpentier, Ferreira, Da Silva, Dos Santos, Lopez, Martinez, Sanchez,
    Royer, Guillot, Collet, Rémy, Cordier, Prévost, Prévot, Charpentier, Pereira, Rodriguez, Benoît,
    Gay, Humbert, Paris, Guyot, Bailly, Breton, Poulain, Lebrun, Hamon, Jacquet, Weber, Schneider,
    Klein, Hoffmann, Müller, Schäfer, Reynaud, Maillard, Tessier, Perret, Germain, Bouchet, Mallet,
    Delattre, Delmas, Langlois, Étienne, Barre, Dumont, Évrard, Lesage, Peltier, Grondin, Hoarau,
    Payet, Chauvin, Chauvet, Béranger, Boulanger, Couturier, Deschamps, Desprès, Descamps, Duhamel,
    Vandenberghe, Van den Broeck, Dewaele, Delannoy, Lemaître, Lemaire, Legros, Lepage, Letellier,
    Le Maistre, La Fontaine, La Rocca, D'Angelo, D'Amico, D'Hondt, D'Oliveira, Rossi, Ricci, Romano,
    Esposito, Costa, Moretti, Santini, Casanova, Luciani, Paoli, N'Diaye, N'Guessan, Diallo, Traoré,
    Diop, Konaté, Coulibaly, Touré, M'Bengue, Benali, Haddad, Belkacem, Ben Salem, El Amrani,
    El Khoury, Bouzid, Cherif, Mansouri, Nguyen, Tran, Pham, Cohen, Lévy, Kaplan, Kowalski, Nowak,
    Novak, Petrov, Yilmaz, Demir, Öztürk, Ibáñez, Muñoz, Gómez, Álvarez, Gonçalves, Araújo,
    O'Brien, O'Neill, Smith, Taylor, Saint-Martin, Saint-Aubin, Sainte-Rose, Petit-Jean, Grandjean,
    Martin-Dubois, Lefort-Moreau, Duval-Roche, Bonnet-Girard, Petit Roux, de Montferrand,
    de La Rochemarec, de La Villegonthier-Bray, de Saint-Gelin, du Plessis-Aubry, du Boisrenard,
    d'Arcourville, des Brosses-Morin, Delarue, Delaunay, Dujardin, Duchêne, Dufresne, Laforêt,
    L'Hermite, L'Heureux, Lhomme, Crèvecœur, Lecœur, Bœuf, Açard, Françon, Maçon, Garçonnet,
    Haÿ-Bernard, Zeller, Zimmermann, Wolff, Roth, Krüger, Ó Conaill
""")

SURNAMES_WEST = _words("""
    Le Goff, Le Gall, Tanguy, Riou, Le Roux, Guillou, Le Bihan, Morvan, Kerbrat, Hamon, Prigent,
    Jézéquel, Salaün, Cariou, Le Gac, L'Hostis, Kervella, Le Corre, Corre, Quéré, Bodénès, Gouez,
    Le Floch, Le Berre, Nédélec, Le Dantec, Guéguen, Abgrall, Le Meur, Le Guen, Cadiou, Kermarrec,
    Lozac'h, Floc'h, Le Flohic, Cozic, Calvez, Le Tallec, Le Cam, Thomas, Hervé, Rault, Rouxel,
    Gicquel, Josselin, Lebreton, Le Breton, Hervieu, Denieul, Chevrel, Chesnel, Gérard, Piel,
    Ménager, Bouvet, Jouan, Lemarié, Le Pennec, Le Priol, Le Quellec, Kerneis, de Kermorvan,
    de Kergoalec, Troadec, Stéphan, Penven, Penn, Mahé, Mahéo, Guihard, Guiho, Bréhier, Allain,
    Boulay, Bourdais, Boisramé, Gendron, Pineau, Rabouin, Chupin, Cesbron, Gaborit, Brossard,
    Babin, Ripoche, Guilloteau, Bretaudeau, Chéné, Loiseau, Lhermitte, Ollivier, Olivier, Perrot,
    Perrin, Poirier, Poisson, Quémener, Quentel, Ropars, Ropert, Talec, Tréguer, Trévidic, Uguen
""")

# drawn once each, on top of everything else: letters Latin-1 does not have
RARE_NAMES = ("Łukasz Wójcik",)

# feminine after the bar, where it differs
FUNCTIONS = _words("""
    Gérant|Gérante, Responsable commercial|Responsable commerciale, Assistant|Assistante,
    Comptable, Directeur|Directrice, Acheteur|Acheteuse, Secrétaire, Responsable marketing,
    Président|Présidente, Directeur général|Directrice générale,
    Chargé de communication|Chargée de communication, DRH, Responsable des achats,
    Chef d'atelier|Cheffe d'atelier, Technico-commercial|Technico-commerciale,
    Directeur commercial|Directrice commerciale, Responsable informatique,
    Chef de projet|Cheffe de projet, Associé|Associée,
    Conducteur de travaux|Conductrice de travaux, Responsable logistique, DAF,
    Responsable qualité, Chargé d'affaires|Chargée d'affaires, Responsable boutique,
    Apprenti|Apprentie, Directeur technique|Directrice technique, Responsable R&D, Sales manager,
    Co-gérant|Co-gérante
""")

# === PLACES === #

WEST = ("35", "22", "29", "56", "44", "49")

# Bretagne and Pays de la Loire: 35, 22, 29, 56, 44, 49; several times = drawn more often
TOWNS_WEST = _lines("""
    35000 Rennes
    35000 Rennes
    35000 Rennes
    35000 Rennes
    35200 Rennes
    35200 Rennes
    35700 Rennes
    35700 Rennes
    35400 Saint-Malo
    35400 Saint-Malo
    35500 Vitré
    35300 Fougères
    35600 Redon
    35510 Cesson-Sévigné
    35170 Bruz
    35135 Chantepie
    35760 Saint-Grégoire
    35740 Pacé
    35131 Chartres-de-Bretagne
    35800 Dinard
    35230 Noyal-Châtillon-sur-Seiche
    35830 Betton
    35160 Montfort-sur-Meu
    35120 Dol-de-Bretagne
    35270 Combourg
    35150 Janzé
    35130 La Guerche-de-Bretagne
    35220 Châteaubourg
    35310 Mordelles
    35650 Le Rheu
    35590 L'Hermitage
    35235 Thorigné-Fouillard
    35260 Cancale
    35470 Bain-de-Bretagne
    35410 Châteaugiron
    35340 Liffré
    22000 Saint-Brieuc
    22000 Saint-Brieuc
    22100 Dinan
    22300 Lannion
    22200 Guingamp
    22400 Lamballe-Armor
    22600 Loudéac
    22500 Paimpol
    22700 Perros-Guirec
    22190 Plérin
    22440 Ploufragan
    29200 Brest
    29200 Brest
    29200 Brest
    29000 Quimper
    29000 Quimper
    29600 Morlaix
    29900 Concarneau
    29100 Douarnenez
    29300 Quimperlé
    29800 Landerneau
    29270 Carhaix-Plouguer
    29250 Saint-Pol-de-Léon
    29120 Pont-l'Abbé
    56000 Vannes
    56000 Vannes
    56100 Lorient
    56100 Lorient
    56300 Pontivy
    56400 Auray
    56800 Ploërmel
    56600 Lanester
    56700 Hennebont
    56340 Carnac
    56860 Séné
    44000 Nantes
    44000 Nantes
    44100 Nantes
    44200 Nantes
    44300 Nantes
    44600 Saint-Nazaire
    44800 Saint-Herblain
    44400 Rezé
    44120 Vertou
    44110 Châteaubriant
    44500 La Baule-Escoublac
    44210 Pornic
    44190 Clisson
    44700 Orvault
    44150 Ancenis-Saint-Géréon
    49000 Angers
    49000 Angers
    49100 Angers
    49300 Cholet
    49400 Saumur
    49240 Avrillé
    49130 Les Ponts-de-Cé
    49500 Segré-en-Anjou Bleu
""")

TOWNS_ELSEWHERE = _lines("""
    75001 Paris
    75002 Paris
    75003 Paris
    75004 Paris
    75005 Paris
    75006 Paris
    75007 Paris
    75008 Paris
    75009 Paris
    75010 Paris
    75011 Paris
    75012 Paris
    75013 Paris
    75014 Paris
    75015 Paris
    75016 Paris
    75017 Paris
    75018 Paris
    75019 Paris
    75020 Paris
    77000 Melun
    77100 Meaux
    77300 Fontainebleau
    77500 Chelles
    78000 Versailles
    78100 Saint-Germain-en-Laye
    78200 Mantes-la-Jolie
    78120 Rambouillet
    91000 Évry-Courcouronnes
    91300 Massy
    91120 Palaiseau
    91150 Étampes
    92100 Boulogne-Billancourt
    92000 Nanterre
    92300 Levallois-Perret
    92130 Issy-les-Moulineaux
    92400 Courbevoie
    93100 Montreuil
    93200 Saint-Denis
    93500 Pantin
    93160 Noisy-le-Grand
    94000 Créteil
    94240 L'Haÿ-les-Roses
    94300 Vincennes
    94200 Ivry-sur-Seine
    94100 Saint-Maur-des-Fossés
    95000 Cergy
    95300 Pontoise
    95100 Argenteuil
    95880 Enghien-les-Bains
    01000 Bourg-en-Bresse
    01100 Oyonnax
    01500 Ambérieu-en-Bugey
    02000 Laon
    02100 Saint-Quentin
    02200 Soissons
    03000 Moulins
    03100 Montluçon
    03200 Vichy
    04000 Digne-les-Bains
    04100 Manosque
    05000 Gap
    05100 Briançon
    06000 Nice
    06100 Nice
    06400 Cannes
    06130 Grasse
    06600 Antibes
    07000 Privas
    07100 Annonay
    08000 Charleville-Mézières
    09000 Foix
    10000 Troyes
    11000 Carcassonne
    11100 Narbonne
    12000 Rodez
    12100 Millau
    13001 Marseille
    13004 Marseille
    13006 Marseille
    13008 Marseille
    13012 Marseille
    13100 Aix-en-Provence
    13200 Arles
    13500 Martigues
    14000 Caen
    14100 Lisieux
    14400 Bayeux
    15000 Aurillac
    16000 Angoulême
    16100 Cognac
    17000 La Rochelle
    17100 Saintes
    17300 Rochefort
    18000 Bourges
    19000 Tulle
    19100 Brive-la-Gaillarde
    20000 Ajaccio
    20200 Bastia
    21000 Dijon
    21200 Beaune
    24000 Périgueux
    24100 Bergerac
    25000 Besançon
    25200 Montbéliard
    26000 Valence
    26200 Montélimar
    27000 Évreux
    28000 Chartres
    28100 Dreux
    30000 Nîmes
    30100 Alès
    31000 Toulouse
    31100 Toulouse
    31300 Toulouse
    31400 Toulouse
    31500 Toulouse
    31700 Blagnac
    32000 Auch
    33000 Bordeaux
    33100 Bordeaux
    33200 Bordeaux
    33700 Mérignac
    33600 Pessac
    33120 Arcachon
    33500 Libourne
    34000 Montpellier
    34070 Montpellier
    34500 Béziers
    34200 Sète
    36000 Châteauroux
    37000 Tours
    37100 Tours
    37400 Amboise
    38000 Grenoble
    38100 Grenoble
    38200 Vienne
    38500 Voiron
    39000 Lons-le-Saunier
    40000 Mont-de-Marsan
    40100 Dax
    41000 Blois
    42000 Saint-Étienne
    42100 Saint-Étienne
    42300 Roanne
    43000 Le Puy-en-Velay
    45000 Orléans
    45200 Montargis
    46000 Cahors
    47000 Agen
    48000 Mende
    50100 Cherbourg-en-Cotentin
    50000 Saint-Lô
    50300 Avranches
    50400 Granville
    51100 Reims
    51000 Châlons-en-Champagne
    51200 Épernay
    52000 Chaumont
    53000 Laval
    53000 Laval
    53100 Mayenne
    54000 Nancy
    54300 Lunéville
    55000 Bar-le-Duc
    57000 Metz
    57100 Thionville
    58000 Nevers
    59000 Lille
    59800 Lille
    59100 Roubaix
    59200 Tourcoing
    59300 Valenciennes
    59140 Dunkerque
    59500 Douai
    60000 Beauvais
    60200 Compiègne
    61000 Alençon
    62000 Arras
    62100 Calais
    62200 Boulogne-sur-Mer
    63000 Clermont-Ferrand
    63100 Clermont-Ferrand
    64000 Pau
    64100 Bayonne
    64200 Biarritz
    65000 Tarbes
    66000 Perpignan
    67000 Strasbourg
    67200 Strasbourg
    67500 Haguenau
    67600 Sélestat
    68000 Colmar
    68100 Mulhouse
    69001 Lyon
    69003 Lyon
    69004 Lyon
    69006 Lyon
    69007 Lyon
    69008 Lyon
    69100 Villeurbanne
    69400 Villefranche-sur-Saône
    70000 Vesoul
    71000 Mâcon
    71100 Chalon-sur-Saône
    72000 Le Mans
    72100 Le Mans
    72200 La Flèche
    73000 Chambéry
    73100 Aix-les-Bains
    74000 Annecy
    74100 Annemasse
    74200 Thonon-les-Bains
    76000 Rouen
    76600 Le Havre
    76200 Dieppe
    76400 Fécamp
    79000 Niort
    79300 Bressuire
    80000 Amiens
    80100 Abbeville
    81000 Albi
    81100 Castres
    82000 Montauban
    83000 Toulon
    83200 Toulon
    83300 Draguignan
    83600 Fréjus
    84000 Avignon
    84100 Orange
    84200 Carpentras
    85000 La Roche-sur-Yon
    85100 Les Sables-d'Olonne
    86000 Poitiers
    86100 Châtellerault
    87000 Limoges
    88000 Épinal
    88100 Saint-Dié-des-Vosges
    89000 Auxerre
    89100 Sens
    90000 Belfort
""")

# country code, then zip and town
TOWNS_ABROAD = _lines("""
    BE 1000 Bruxelles
    BE 1050 Ixelles
    BE 1300 Wavre
    BE 4000 Liège
    BE 5000 Namur
    BE 6000 Charleroi
    BE 7000 Mons
    BE 7500 Tournai
    CH 1201 Genève
    CH 1003 Lausanne
    CH 1700 Fribourg
    CH 2000 Neuchâtel
    CH 1950 Sion
    LU 1855 Luxembourg
    LU 4010 Esch-sur-Alzette
""")

# first digits of the zip -> prefix of the telephone zone; 02 where nothing is said
PHONE_ZONES = {
    "01": "75 77 78 91 92 93 94 95",
    "03": "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
    "04": "01 03 04 05 06 07 11 13 15 20 26 30 34 38 42 43 48 63 66 69 73 74 83 84",
    "05": "09 12 16 17 19 23 24 31 32 33 40 46 47 64 65 79 81 82 86 87",
}

# ranges kept for fiction by the French numbering plan (ARCEP): the four figures after the prefix
# are free
FICTION_RANGES = {
    "01": "019900",
    "02": "026191",
    "03": "035301",
    "04": "046571",
    "05": "053649",
    "06": "063998",
}

# weight, format of the nine digits that follow the zero
PHONE_FORMATS = (
    (50, "0{0} {1}{2} {3}{4} {5}{6} {7}{8}"),
    (20, "0{0}{1}{2}{3}{4}{5}{6}{7}{8}"),
    (10, "0{0}.{1}{2}.{3}{4}.{5}{6}.{7}{8}"),
    (9, "+33 {0} {1}{2} {3}{4} {5}{6} {7}{8}"),
    (5, "+33{0}{1}{2}{3}{4}{5}{6}{7}{8}"),
    (2, "0{0}-{1}{2}-{3}{4}-{5}{6}-{7}{8}"),
    (2, "+33 (0){0} {1}{2} {3}{4} {5}{6} {7}{8}"),
    (1, "0033{0}{1}{2}{3}{4}{5}{6}{7}{8}"),
    (1, "{0}{1}{2}{3}{4}{5}{6}{7}{8}"),
)
PHONE_FORMATS_ABROAD = ((1, "+33 {0} {1}{2} {3}{4} {5}{6} {7}{8}"),)

STREETS = _words("""
    rue de la République, rue de l'Église, rue de la Gare, rue des Lilas, place de la Mairie,
    avenue du Général-de-Gaulle, rue Victor-Hugo, rue Jean-Jaurès, rue du Moulin, rue Pasteur,
    impasse des Acacias, rue des Écoles, chemin du Lavoir, boulevard de la Liberté, rue Neuve,
    allée des Chênes, rue du Maréchal-Foch, rue des Jardins, place du Marché, rue du Château,
    rue de Bretagne, rue de Nantes, rue Saint-Michel, avenue de la Gare, rue de la Fontaine,
    rue des Tilleuls, rue du 11-Novembre, rue du 8 Mai 1945, rue Émile-Zola, rue Anatole-France,
    route de Paris, chemin des Vignes, rue des Prés, quai de la Fosse-aux-Loups, rue Haute,
    rue du Sacré-Cœur, rue Traversière, rue de l'Abbaye, boulevard Gambetta, rue Voltaire,
    rue des Frères-Lumière, rue Marie-Curie, allée des Hortensias, rue Louise-Michel, cours Carnot,
    square des Marronniers, rue Jules-Ferry, rue de l'Étang, venelle du Puits, rue Molière,
    rue du Four, rue aux Loups, hameau de la Ville-ès-Nonais, rue d'Alsace, rue de l'Yser,
    rue Georges-Brassens, rue Simone-Veil, rue de Verdun, chemin de Halage, rue de la Poste
""")

STREETS_BUSINESS = _words("""
    rue de l'Industrie, ZA de la Lande, ZI Nord, rue des Artisans, avenue de l'Europe,
    ZA du Bois Vert, rue Ampère, rue Gutenberg, ZAC des Portes, rue Ada-Lovelace,
    parc d'activités de l'Aulne, rue Denis-Papin, boulevard de l'Atlantique, rue Blaise-Pascal,
    rue du Commerce, ZA Le Champ Rond
""")

STREETS2 = _words("""
    Bât. B, Résidence Les Acacias, 2e étage, Appt 12, BP 27, Escalier C, Bâtiment A, Le Bourg,
    Lieu-dit La Croix, 1er étage gauche, Résidence du Parc, Appt. 304, Chez M. et Mme Robin,
    Boîte 8, La Ville Neuve, Kerguen, La Haute-Folie, Résidence L'Orée du Bois, Hall 2, CS 20145
""")

# === COMPANIES === #

# trade, then what may replace the name of a person; P tags the press
TRADES = _lines("""
    Menuiserie : du Bocage; des Trois Rivières; L'Atelier du Bois
    Boulangerie : L'Épi d'Or; Le Fournil de {town}; La Mie Dorée; Au Bon Pain d'Antan
    Garage : du Pont; de la Gare; des Quatre Routes; du Stade
    Plomberie : des Remparts; Chauffage Services; de l'Ouest
    Restaurant : "Le Petit Zinc"; La Table de Jeanne; L'Auberge du Lac; "Chez Paulette"; Le Bistrot
    Pharmacie : de la Place; du Marché; des Halles; de l'Hôtel-Dieu
    Électricité : du Littoral; Générale de {town}; des Abers
    Transports : du Couesnon; de la Vilaine; Express Atlantique
    Imprimerie : de la Cathédrale; des Lices; Typo & Co
    Couverture : des Ardoisières; du Trégor; Zinguerie du Val
    Maçonnerie : Générale du Pays; des Deux Caps; Pierre & Chaux
    Jardinerie : des Quatre Saisons; Le Jardin de {town}; Les Serres de l'Étang
    Librairie : "La Marque-Page"; Le Pavé dans la Mare; L'Encre Bleue; Pages d'Écriture
    Fleuriste : Aux Mille Pétales; L'Œillet Rouge; Fleur de Sel & Lilas
    Hôtel : de la Plage; des Voyageurs; du Vieux Port; "Les Embruns"
    Opticien : Clair de Vue; Les Lunettes d'Émile; L'Œil Vif
    Pépinières : du Val Fleuri; de l'Argoat; des Landes
    Ambulances : de la Baie; du Centre; Saint-Roch
    Charpente : des Compagnons; du Grand Ouest; Bois & Tradition
    Informatique : Ouest Réseaux; Pixel & Cie; Logiciels de l'Anse
    Auto-école : du Centre; de la Mairie; Conduite Sereine
    Coiffure : L'Hair du Temps; Mèche Rebelle; Côté Ciseaux
    Cidrerie : du Verger; de la Baie; des Clos
    Poissonnerie : L'Étoile de Mer; du Port; La Criée de {town}
    Boucherie : des Halles; du Marché; La Bonne Entrecôte
    Chocolaterie : Cœur de Cacao; Le Palet d'Argent; Douceurs d'Arvor
    Nettoyage : Propre & Net; Ouest Propreté; L'Éclat
    Fromagerie : L'Alpage; La Cave à Lait; Les Trois Chèvres
    Cycles : "Le Petit Braquet"; La Roue Libre; du Canal
    Ébénisterie : d'Art de {town}; L'Ancienne; Le Copeau
    Traiteur : Saveurs & Délices; Les Gourmandises de Zoé; du Terroir
    Camping : "Les Pins"; Le Bord de l'Eau; L'Île aux Oiseaux
    Agence immobilière : du Parlement; Clé de Voûte; Toit & Moi
    Radio P : Bocage FM; Marée Haute; Les Ondes de {town}
    Le Petit Messager P : de {town}; du Pays; illustré
    Gazette P : de {town}; des Landes; du Marais
""")

# {a} and {b} are surnames
FIRMS = _lines("""
    Cabinet {a} & Associés
    Cabinet {a} et {b}
    {a} & Fils
    {a} Frères
    Ets {a}
    Établissements {a}
    Étude de Maîtres {a} et {b}
    Atelier {a}
    {a} Conseil
    {a} {b} Architectes
    Domaine {a}
    EARL {a}
    Groupe {a}
    Maison {a}
    Constructions {a}
    {a} Industrie
""")

# weight, value
CATEGORIES_OF_COMPANIES = (
    (56, "Client"),
    (25, "Prospect"),
    (9, "Ancien client"),
    (10, "Fournisseur"),
)
CATEGORIES_OF_PEOPLE = ((60, "Client"), (29, "Prospect"), (11, "Ancien client"))

LEGAL_FORMS = _words("SARL, SAS, EURL, SA, SASU, SCOP")

# === ADDRESSES AND REMARKS === #

# only domains and top-level domains reserved by RFC 2606 and RFC 6761: nobody lives there
PROVIDERS = _words("""
    orange.example.com, gmail.example.com, free.example.net, wanadoo.example.com,
    laposte.example.net, hotmail.example.com, sfr.example.net, yahoo.example.com,
    outlook.example.com, bbox.example.net, neuf.example.net, icloud.example.com, live.example.com,
    aliceadsl.example.net, numericable.example.net, protonmail.example.org,
    club-internet.example.net, ozone.example, perso.test
""")

# weight, end of a company's own domain
DOMAIN_ENDS = (
    (35, ".example.org"),
    (30, ".example.com"),
    (15, ".example.net"),
    (15, ".example"),
    (5, ".test"),
)

# words of a company's name that its domain leaves out
NO_SLUG = _words("a, au, aux, d, de, des, du, et, l, maitres, sarl, sas, eurl, sa, sasu, scop")

# weight, local part; {f} is the initial, {year} the two last digits of the year of birth
PRIVATE_EMAILS = (
    (45, "{first}.{last}"),
    (14, "{f}{last}"),
    (10, "{f}.{last}"),
    (8, "{last}.{first}"),
    (7, "{first}_{last}"),
    (8, "{first}{year}"),
    (8, "{last}{year}"),
)
COMPANY_EMAILS = _words("{first}.{last}, {f}.{last}, {f}{last}, {first}")

# {spaced} is the local part with a space in it
MALFORMED_EMAILS = (
    "{local}@",
    "{local}.{domain}",
    "{spaced}@{domain}",
    "{local}@@{domain}",
    "{local}@{domain},",
    "{local}@{domain} ",
    "{local}@.{domain}",
    "{domain}",
)

MAILBOXES = _words("""
    contact, contact, contact, info, accueil, secretariat, commercial, bonjour, direction
""")

COMMENTS = _lines("""
    Ne pas appeler le matin
    Rencontré au salon de Rennes, stand B12
    À rappeler en septembre
    A changé d'adresse ? à vérifier
    Doublon possible
    Préfère le courrier postal
    Ne veut plus de publicité par SMS
    Client depuis 1998, très fidèle
    Parti à la retraite
    Demande un devis « salle de bains »
    Carte de fidélité n° 20417
    NE PLUS ÉCRIRE (demande du 12/03/2024)
    Vu avec Sophie, OK pour la newsletter
    Facture en retard ; voir la compta
    Dit "le Malouin"
    Mail en erreur depuis 2022
""")
